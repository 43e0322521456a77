//! Published schemas: what is committed is what the types say.

use crate::support::root;

/// `ZONEPROOF_BLESS=1` writes them anew.
#[test]
fn committed_schemas_are_generated_ones() {
    let folder = root().join("tests/schema");
    let mut names = Vec::new();
    for (name, schema) in zoneproof::cli::published() {
        let path = folder.join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("ZONEPROOF_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(committed, text, "{name}: regenerate with ZONEPROOF_BLESS=1");
        names.push(path);
    }
    for entry in walkdir::WalkDir::new(&folder) {
        let entry = entry.unwrap();
        let known = entry.file_type().is_dir() || names.iter().any(|name| name == entry.path());
        assert!(known, "{} is no schema any more", entry.path().display());
    }
}
