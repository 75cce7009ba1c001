//! Import of bookings with their plan: rows a second, and memory that does not grow with the file.

use std::process::Command;
use std::time::Instant;

use super::world;

pub fn run() -> anyhow::Result<()> {
    println!("import of bookings with their plan, by the command itself:");
    println!("{:>9} {:>12} {:>16}", "rows", "rows per s", "peak memory MB");
    for rows in [10_000, 100_000] {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("bookings.csv");
        std::fs::write(&file, world::bookings(rows))?;
        let command = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_daybefore"));
            command.current_dir(folder.path()).args(arguments);
            command
        };
        let add = [
            "business",
            "add",
            world::BUSINESS,
            "--name",
            "Bench Garage",
            "--zone",
            "Europe/Berlin",
            "--locale",
            "en",
            "--region",
            "DE",
            "--preset",
            "garage",
        ];
        anyhow::ensure!(command(&add).output()?.status.success(), "the business is added");
        let started = Instant::now();
        let mut import = command(&["import", "bookings", "bookings.csv", "--business", world::BUSINESS])
            .stdout(std::process::Stdio::null())
            .spawn()?;
        let peak = peak_memory(&mut import)?;
        let elapsed = started.elapsed().as_secs_f64();
        println!("{rows:>9} {:>12.0} {:>16.1}", rows as f64 / elapsed, peak);
    }
    Ok(())
}

/// Waits for a child and returns its peak resident memory in MB, from /proc: the last reading before it ends.
fn peak_memory(child: &mut std::process::Child) -> anyhow::Result<f64> {
    let mut peak = 0.0_f64;
    loop {
        if let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", child.id())) {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = line
                .and_then(|line| line.split_whitespace().next())
                .and_then(|text| text.parse::<f64>().ok());
            peak = peak.max(kilobytes.unwrap_or(0.0) / 1024.0);
        }
        if let Some(status) = child.try_wait()? {
            anyhow::ensure!(status.success(), "the import succeeds");
            return Ok(peak);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
