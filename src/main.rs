//! The `daybefore` command: parse, then call `cli`.

use std::process::ExitCode;

/// Sending allocates on one thread and frees on another; the system's allocator is slow at that (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    daybefore::cli::main()
}
