//! The `daybefore` command: parse, then call `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    daybefore::cli::main()
}
