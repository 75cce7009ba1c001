//! The program as somebody at a keyboard uses it: a process beside the test's own app, on the same database.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::test_app::TestApp;

/// What a command told, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub out: String,
    pub err: String,
    pub code: Option<i32>,
}

impl Told {
    /// What it printed; it must have ended well.
    #[track_caller]
    pub fn said(self) -> String {
        assert_eq!((self.err.as_str(), self.code), ("", Some(0)), "{}", self.out);
        self.out
    }

    /// Its one line of complaint; it must have failed, and printed nothing else.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!((self.out.as_str(), self.code), ("", Some(1)), "{}", self.err);
        let line = self
            .err
            .strip_prefix("error: ")
            .and_then(|line| line.strip_suffix('\n'));
        line.expect("one line that begins with `error:`").to_owned()
    }

    /// The first paragraph of what was said of a mistyped command line.
    #[track_caller]
    pub fn mistyped(self) -> String {
        assert_eq!((self.out.as_str(), self.code), ("", Some(2)), "{}", self.err);
        let end = self.err.find("\n\nUsage").or_else(|| self.err.find("\n\nFor more"));
        self.err[..end.unwrap_or(self.err.len())].to_owned()
    }

    /// What it printed, a JSON object a line.
    #[track_caller]
    pub fn json(self) -> Vec<serde_json::Value> {
        let said = self.said();
        said.lines()
            .map(|line| serde_json::from_str(line).expect("an object"))
            .collect()
    }
}

/// `daybefore ARGUMENTS` in `folder`, whose `test.db` is its database.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybefore"));
    command
        .current_dir(folder)
        .env("DAYBEFORE_DATABASE__URL", "sqlite:test.db")
        .args(arguments);
    command
}

/// Runs it to its end, with something to read.
pub fn told(mut command: Command, input: &str) -> Told {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("input");
    // A command that reads nothing may have ended already.
    let _closed = pipe.write_all(input.as_bytes());
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Told {
        out: text(output.stdout),
        err: text(output.stderr),
        code: output.status.code(),
    }
}

impl TestApp {
    /// Runs a command on the app's database, words split at spaces.
    pub fn daybefore(&self, line: &str) -> Told {
        self.daybefore_with(&line.split(' ').collect::<Vec<_>>())
    }

    /// The same with arguments that hold spaces.
    pub fn daybefore_with(&self, arguments: &[&str]) -> Told {
        told(command(self.folder(), arguments), "")
    }
}

/// The text with each of our ids as `ID-1`, `ID-2`, in the order of their first appearance.
pub fn with_short_ids(text: &str) -> String {
    let mut ids: Vec<String> = Vec::new();
    let mut short = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = rest.get(..36).filter(|word| is_id(word));
        if let Some(word) = word {
            let at = ids.iter().position(|id| id == word).unwrap_or_else(|| {
                ids.push(word.to_owned());
                ids.len() - 1
            });
            write!(short, "ID-{}", at + 1).expect("written");
            rest = &rest[36..];
        } else {
            short.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    short
}

fn is_id(word: &str) -> bool {
    word.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}
