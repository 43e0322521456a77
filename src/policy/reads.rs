//! Which paths of `input` a rule reads, told from its source.
//!
//! Decides two things: whether a document that does not know a path leaves the rule undetermined, and whether the rule
//! misspells a path (Rego says nothing of a path that is not there). Told from tokens, so it sees direct chains
//! (`input.a.b`, `input["a"]`, `object.get(input.a, "b", …)`); whatever else is done with `input` counts as reading all
//! of it, which errs on the side of undetermined.

/// A path that a rule reads, names from the top; empty: the whole document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The names.
    pub names: Vec<String>,
    /// Line in the source, from 1.
    pub line: u32,
}

impl Path {
    /// With dots between the names.
    pub fn text(&self) -> String {
        self.names.join(".")
    }

    /// Whether not knowing `path` leaves this one unknown: one of them lies inside the other.
    pub fn touches(&self, path: &str) -> bool {
        self.names.iter().zip(path.split('.')).all(|(own, theirs)| own == theirs)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

/// All paths that a source reads, sorted, each once.
pub fn paths(source: &str) -> Vec<Path> {
    let tokens = tokens(source);
    let mut out: Vec<Path> = Vec::new();
    for (at, (token, line)) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map(|(token, _)| token);
        // `x.input` is a field of that name, and `with input as` sets it
        if *token != Token::Word("input".to_owned()) || before == Some(&Token::Mark('.')) || is_with(before) {
            continue;
        }
        let mut names = Vec::new();
        let mut next = at + 1;
        loop {
            let get = |offset: usize| tokens.get(next + offset).map(|(token, _)| token);
            match (get(0), get(1), get(2)) {
                (Some(Token::Mark('.')), Some(Token::Word(name)), _) => {
                    names.push(name.clone());
                    next += 2;
                }
                (Some(Token::Mark('[')), Some(Token::Text(name)), Some(Token::Mark(']'))) => {
                    names.push(name.clone());
                    next += 3;
                }
                // `object.get(input.a, "b"`: the name is the next argument
                (Some(Token::Mark(',')), Some(Token::Text(name)), _) if is_object_get(&tokens, at) => {
                    names.push(name.clone());
                    break;
                }
                _ => break,
            }
        }
        out.push(Path { names, line: *line });
    }
    out.sort();
    out.dedup_by(|a, b| a.names == b.names);
    out
}

fn is_with(before: Option<&Token>) -> bool {
    matches!(before, Some(Token::Word(word)) if word == "with")
}

fn is_object_get(tokens: &[(Token, u32)], at: usize) -> bool {
    let word = |back: usize, text: &str| {
        at.checked_sub(back).and_then(|at| tokens.get(at)).is_some_and(|(token, _)| match token {
            Token::Word(word) => word == text,
            Token::Mark(mark) => text.starts_with(*mark),
            Token::Text(_) => false,
        })
    };
    word(1, "(") && word(2, "get") && word(3, ".") && word(4, "object")
}

fn tokens(source: &str) -> Vec<(Token, u32)> {
    let mut out = Vec::new();
    let mut line = 1;
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => line += 1,
            '#' => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => text.extend(chars.next()),
                        '"' => break,
                        c => text.push(c),
                    }
                }
                out.push((Token::Text(text), line));
            }
            '`' => {
                let mut text = String::new();
                for c in chars.by_ref().take_while(|c| *c != '`') {
                    line += u32::from(c == '\n');
                    text.push(c);
                }
                out.push((Token::Text(text), line));
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                out.push((Token::Word(word), line));
            }
            c if c.is_whitespace() => {}
            c => out.push((Token::Mark(c), line)),
        }
    }
    out
}

/// The deepest nesting of brackets, and how many of one kind stand open at once: regorus' parser takes exponential
/// time in nested `[`.
pub fn bracket_depth(source: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (token, _) in tokens(source) {
        match token {
            Token::Mark('[' | '{' | '(') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            Token::Mark(']' | '}' | ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        paths(source).iter().map(Path::text).collect()
    }

    #[test]
    fn chains_are_followed_as_far_as_they_are_fixed() {
        assert_eq!(texts("x := input.a.b[_].c"), ["a.b"]);
        assert_eq!(texts("x := input[\"a\"].b"), ["a.b"]);
        assert_eq!(texts("x := object.get(input.a, \"b\", 1)"), ["a.b"]);
        assert_eq!(texts("x := object.get(input, \"b\", 1)"), ["b"]);
        assert_eq!(texts("f(input)"), [""]);
        assert_eq!(texts("# input.no\ny := \"input.no\"\nz := a.input.b\nd with input as {}"), Vec::<String>::new());
    }

    #[test]
    fn an_unknown_path_touches_what_lies_inside_or_around_it() {
        let path = |text: &str| Path { names: text.split('.').map(str::to_owned).collect(), line: 1 };
        assert!(path("a.b").touches("a"));
        assert!(path("a").touches("a.b"));
        assert!(!path("a.b").touches("a.c"));
        assert!(Path { names: vec![], line: 1 }.touches("a"));
    }

    #[test]
    fn depth_heeds_strings_and_comments() {
        assert_eq!(bracket_depth("a := [[[1]]] # [[[[\nb := \"[[[[[\""), 3);
    }
}
