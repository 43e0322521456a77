//! Finds the rule pack: every file below `policies/` is embedded, none is listed by hand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=policies");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut files = Vec::new();
    collect(&root.join("policies"), &mut files)?;
    files.sort();
    let mut code = String::from(
        "/// Path below the repository and content of every file of the pack, sorted by path.\npub(super) const FILES: &[(&str, &str)] = &[\n",
    );
    for file in files {
        let shown = file.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        // by the folder that is built, not the one in which this ran: clones may share a target folder
        let path = format!("/{shown}");
        writeln!(code, "    ({shown:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),")?;
    }
    code.push_str("];\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("pack.rs"), code)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
