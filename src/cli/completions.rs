//! `zoneproof completions`: for the shells that clap knows.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{CLEAN, Cli, CliError, output};

#[derive(clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(args: Args) -> Result<u8, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "zoneproof", &mut script);
    output::product(|out| out.write_all(&script))?;
    Ok(CLEAN)
}
