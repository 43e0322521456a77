//! The `zoneproof` program: parses arguments and hands over to the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    zoneproof::cli::main()
}
