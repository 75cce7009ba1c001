//! Rows that differ in their ids alone, so that one statement serves them all.

/// The rows in groups of those that are the `same`, each group in the order of the rows.
pub(super) fn alike<T>(rows: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<Vec<&T>> {
    let mut groups: Vec<Vec<&T>> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|group| same(group[0], row)) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}
