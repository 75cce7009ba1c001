//! The program as a server beside the test, which prints where it is.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// It runs until this is dropped.
pub struct Serving {
    program: Child,
    /// The address that it printed.
    pub url: String,
    /// What it leaves behind when it is killed.
    _temporary: TempDir,
}

impl Serving {
    /// Starts it, and waits until it prints a line with these words and an address.
    pub fn start(mut command: Command, words: &str) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let mut program = command
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = program.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let url = lines.find_map(|line| {
            let line = line.expect("text");
            let is_meant = line.contains(words);
            let mut parts = line.split_whitespace().filter(|part| part.starts_with("http"));
            parts.next().filter(|_| is_meant).map(str::to_owned)
        });
        // Nobody reads on; a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            program,
            url: url.expect("it says where it is"),
            _temporary: temporary,
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ended = self.program.kill();
        let _reaped = self.program.wait();
    }
}
