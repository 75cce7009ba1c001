//! What the weights of the second opinion are made from, as a hash: `examples/second_opinion.rs` writes it beside them, and
//! a test compares, so that no answer or phrase is changed without learning anew.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Where the hash is written.
pub fn path() -> PathBuf {
    root().join("src/domain/reply/weights/made_from.sha256")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The labelled answers, the private texts, and the phrases that decide what the rules hear in them.
pub fn hash() -> Vec<u8> {
    let mut hash = Sha256::new();
    for folder in [
        "tests/replies/tuned",
        "tests/replies/private",
        "src/domain/reply/data",
        "src/domain/reply/concepts",
    ] {
        let entries = fs::read_dir(root().join(folder)).expect("a folder");
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
        files.sort();
        for file in files {
            hash.update(fs::read(file).expect("bytes"));
        }
    }
    hash.finalize().to_vec()
}
