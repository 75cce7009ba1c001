use std::fs;
use std::os::unix::fs::FileExt as _;

use super::*;

/// As the kernel has it for the file's own times.
fn now() -> Instant {
    let file = tempfile::tempfile().unwrap();
    let own = file.metadata().unwrap();
    Instant::from_millis(own.ctime() * 1_000 + own.ctime_nsec() / 1_000_000)
}

/// A database with a record in which `a` was called, and the generation of that.
fn recorded() -> (tempfile::TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("test.db");
    fs::write(&database, "").unwrap();
    let (mut record, earlier) = CallRecord::open(&database).unwrap().unwrap();
    assert_eq!(earlier, None);
    let generation = record.begin(now()).unwrap();
    record.note(&["a".to_owned(), "b".to_owned()], now()).unwrap();
    record.note(&["c".to_owned()], now()).unwrap();
    (folder, database, generation)
}

fn earlier(database: &Path) -> Option<Earlier> {
    CallRecord::open(database).unwrap().unwrap().1
}

#[test]
fn what_was_not_noted_was_never_called() {
    let (_folder, database, generation) = recorded();
    let earlier = earlier(&database).unwrap();
    let claim = owner(&generation, 1);
    for called in ["a", "b", "c"] {
        assert!(!earlier.was_never_called(&claim, called), "{called}");
    }
    assert!(earlier.was_never_called(&claim, "d"));
    assert!(!earlier.was_never_called("claim", "d"), "of a process without a record");
    assert!(!earlier.was_never_called(&owner("another", 1), "d"));
}

#[test]
fn a_new_generation_says_nothing_of_the_one_before() {
    let (_folder, database, generation) = recorded();
    let (mut record, _) = CallRecord::open(&database).unwrap().unwrap();
    let next = record.begin(now()).unwrap();
    drop(record);
    let earlier = earlier(&database).unwrap();
    assert!(!earlier.was_never_called(&owner(&generation, 1), "d"));
    assert!(earlier.was_never_called(&owner(&next, 1), "d"));
}

#[test]
fn a_record_that_somebody_still_writes_is_not_read() {
    let (_folder, database, _) = recorded();
    let alive = CallRecord::open(&database).unwrap();
    assert!(CallRecord::open(&database).is_err());
    drop(alive);
    assert!(earlier(&database).is_some());
}

#[test]
fn an_emptied_deleted_cut_or_garbled_record_is_not_believed() {
    let (_folder, database, _) = recorded();
    let file = path(&database);
    let whole = fs::read(&file).unwrap();
    for length in 0..whole.len() {
        OpenOptions::new().write(true).open(&file).unwrap().set_len(0).unwrap();
        OpenOptions::new()
            .write(true)
            .open(&file)
            .unwrap()
            .write_at(&whole[..length], 0)
            .unwrap();
        let believed = earlier(&database);
        // What ends with a line is what a process that died before the next call has left.
        assert_eq!(believed.is_some(), length > 0 && whole[length - 1] == b'\n', "{length}");
    }
    fs::write(&file, "daybefore-calls-1 x\n").unwrap();
    assert_eq!(earlier(&database), None);
    fs::write(&file, [0xff, b'\n']).unwrap();
    assert_eq!(earlier(&database), None);
    fs::remove_file(&file).unwrap();
    assert_eq!(earlier(&database), None);
}

#[test]
fn a_copied_record_and_one_of_a_copied_database_are_not_believed() {
    let (folder, database, _) = recorded();
    let copy = folder.path().join("copy.db");
    fs::copy(&database, &copy).unwrap();
    fs::copy(path(&database), path(&copy)).unwrap();
    assert_eq!(earlier(&copy), None);
    // The same file, but another database lies where ours was.
    fs::rename(&copy, &database).unwrap();
    assert_eq!(earlier(&database), None);
}

#[test]
fn a_record_that_was_written_over_later_is_not_believed() {
    let (_folder, database, _) = recorded();
    let file = path(&database);
    let old = fs::read_to_string(&file).unwrap();
    let moment = old.lines().last().unwrap().split(' ').next().unwrap();
    let past = (moment.parse::<u64>().unwrap() - 10_000).to_string();
    // As a backup does that is copied over it: what it says ends ten seconds before it was written.
    fs::write(&file, old.replace(moment, &past)).unwrap();
    assert_eq!(earlier(&database), None);
}

#[test]
fn a_record_from_before_the_machine_was_started_is_not_believed() {
    let (_folder, database, _) = recorded();
    let file = path(&database);
    let boot = fs::read_to_string(BOOT_ID).unwrap();
    let other = fs::read_to_string(&file).unwrap().replace(boot.trim(), &"0".repeat(36));
    fs::write(&file, other).unwrap();
    assert_eq!(earlier(&database), None);
}

#[test]
fn it_begins_anew_when_it_is_long() {
    let (_folder, database, _) = recorded();
    let (mut record, _) = CallRecord::open(&database).unwrap().unwrap();
    record.begin(now()).unwrap();
    let ids: Vec<_> = (0..1_000).map(|number| format!("{number:036}")).collect();
    let mut rounds = 0;
    while !record.is_long() {
        record.note(&ids, now()).unwrap();
        rounds += 1;
    }
    assert_eq!(rounds, 29);
    record.begin(now()).unwrap();
    assert!(!record.is_long());
    assert!(fs::metadata(path(&database)).unwrap().len() < 300);
}
