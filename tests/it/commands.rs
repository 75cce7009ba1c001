//! The commands as somebody at a keyboard uses them: what they print, and what they say to a mistake.

mod calls;
mod cases;
mod consent;
mod doctor;
mod erase;
mod export;
mod inbox;
mod outbox;
mod satisfaction;
mod understand;
mod user;
mod why;

use crate::support::program::{Told, command, told};

/// A command where there is no database yet.
fn without_database(line: &str) -> Told {
    let folder = tempfile::tempdir().expect("a folder");
    told(command(folder.path(), &line.split(' ').collect::<Vec<_>>()), "")
}

#[test]
fn without_a_database_every_command_says_how_to_make_one() {
    for line in [
        "inbox list",
        "inbox show X",
        "inbox done X",
        "consent show X",
        "consent withdraw X",
        "cases list",
        "cases show X",
        "calls",
        "calls done X --outcome reached",
        "satisfaction",
        "erase X",
    ] {
        assert_eq!(
            without_database(line).refused(),
            "database test.db: there is no database yet: `daybefore serve` or `daybefore business add` makes one",
            "{line}"
        );
    }
}

#[test]
fn a_mistyped_step_is_told_the_nearest_one() {
    for (line, tip) in [
        ("inbox lst", "list"),
        ("consent withdrw X", "withdraw"),
        ("cases clos X", "close"),
    ] {
        let said = without_database(line).mistyped();
        assert!(
            said.contains(&format!("a similar subcommand exists: '{tip}'")),
            "{said}"
        );
    }
}
