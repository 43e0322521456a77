//! Other spellings of a path, and which of them a list of path patterns misses.
//!
//! Source: Istio, "Security Best Practices", path normalization: `BASE` resolves dots and decodes what needs no
//! encoding, `MERGE_SLASHES` also merges slashes, `DECODE_AND_MERGE_SLASHES` also decodes encoded ones; none of them takes
//! a slash off the end, cuts parameters after `;`, or changes the case.

/// All modes.
pub(super) const MODES: [&str; 4] = ["NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"];

/// Spellings of what a pattern means that no pattern of its list matches. A difference of case is no such spelling: most
/// servers heed it, and a policy cannot be written without it.
pub(super) fn missed(pattern: &str, list: &[String], mode: &str) -> Vec<String> {
    // of a suffix or a presence match nobody knows which paths are meant
    if !pattern.starts_with('/') || pattern.contains('{') {
        return vec![];
    }
    let prefix = pattern.ends_with('*');
    let base = pattern.trim_end_matches('*');
    let stem = base.trim_end_matches('/');
    if stem.is_empty() {
        return vec![];
    }
    let mut spelled = vec![format!("/{base}")];
    if !prefix {
        spelled.push(if base.ends_with('/') { stem.to_owned() } else { format!("{stem}/") });
    } else if base.ends_with('/') {
        spelled.push(stem.to_owned());
    }
    if !prefix || base.ends_with('/') {
        spelled.push(format!("{stem};x{}", base.get(stem.len()..).unwrap_or_default()));
    }
    if mode == "NONE" {
        spelled.push(format!("/x/..{base}"));
    }
    spelled.retain(|path| {
        let seen = if mode.ends_with("MERGE_SLASHES") { path.replace("//", "/") } else { path.clone() };
        !list.iter().any(|known| matches(known, &seen))
    });
    spelled
}

/// Istio's string match: exact, prefix, suffix or present.
fn matches(pattern: &str, path: &str) -> bool {
    match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
        (Some(prefix), _) => path.starts_with(prefix),
        (_, Some(suffix)) => path.ends_with(suffix),
        _ => pattern == path,
    }
}

#[cfg(test)]
mod tests {
    use super::missed;

    #[test]
    fn what_each_mode_misses() {
        let all = |pattern: &str, mode: &str| missed(pattern, &[pattern.to_owned()], mode);
        assert_eq!(all("/admin", "BASE"), ["//admin", "/admin/", "/admin;x"]);
        assert_eq!(all("/admin", "MERGE_SLASHES"), ["/admin/", "/admin;x"]);
        assert_eq!(all("/admin", "NONE"), ["//admin", "/admin/", "/admin;x", "/x/../admin"]);
        assert_eq!(all("/admin*", "BASE"), ["//admin"]);
        assert!(all("/admin*", "MERGE_SLASHES").is_empty());
        assert_eq!(all("/admin/*", "MERGE_SLASHES"), ["/admin", "/admin;x/"]);
        assert!(all("*/admin", "BASE").is_empty() && all("*", "NONE").is_empty() && all("/*", "BASE").is_empty());
    }

    #[test]
    fn other_patterns_of_the_list_catch_them() {
        let list = ["/admin".to_owned(), "/admin/*".to_owned(), "/admin;*".to_owned()];
        assert!(missed("/admin", &list, "MERGE_SLASHES").is_empty());
        assert_eq!(missed("/admin", &list, "BASE"), ["//admin"]);
    }
}
