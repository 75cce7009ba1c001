//! Processor time by thread, as Linux counts it: it hardly moves with what else runs on the machine, as elapsed time does.

use std::collections::BTreeMap;
use std::fs;

/// Nanoseconds that this process's threads have run, by thread name. Empty where the system does not tell.
#[derive(Clone, Debug, Default)]
pub struct Cpu(BTreeMap<String, u64>);

impl Cpu {
    pub fn now() -> Self {
        let mut ran = BTreeMap::new();
        for thread in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
            let read = |file: &str| fs::read_to_string(thread.path().join(file)).unwrap_or_default();
            let nanos = read("schedstat").split(' ').next().and_then(|nanos| nanos.parse().ok());
            *ran.entry(read("comm").trim().to_owned()).or_default() += nanos.unwrap_or(0);
        }
        Self(ran)
    }

    /// What was used since `before` for each of `count` things, in microseconds: in all, and by thread.
    pub fn each(&self, before: &Self, count: usize) -> (f64, String) {
        let used = self.0.iter().map(|(name, nanos)| {
            let nanos = nanos.saturating_sub(before.0.get(name).copied().unwrap_or(0));
            (name, nanos as f64 / 1e3 / count as f64)
        });
        let used: Vec<_> = used.filter(|(_, micros)| *micros >= 0.5).collect();
        let by_thread = used.iter().map(|(name, micros)| format!("{name} {micros:.0}"));
        (
            used.iter().map(|(_, micros)| micros).sum(),
            by_thread.collect::<Vec<_>>().join(", "),
        )
    }
}
