//! The `storyline` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    storyline::cli::main()
}
