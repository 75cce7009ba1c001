use super::*;
#[test]
fn dump() {
    for f in Texts::embedded().check(None) {
        if f.place.part == Part::Sms || !f.problems.is_empty() { println!("{} | {} | {:?}/{:?} {:?} | {} | {:?}", f.place, f.length, f.usual.map(|u| (u.units,u.segments)), f.worst.map(|u| (u.units,u.segments)), f.usual.and_then(|u|u.forced_by), f.example, f.problems); }
    }
}
