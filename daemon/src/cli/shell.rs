//! `storyline completions` and `storyline man`: what a package installs beside the program.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Exit, Failure, Global, out};

/// Print completions for a shell.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs `completions`.
pub(super) fn completions(args: &CompletionsArgs, global: &Global) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "storyline", &mut text);
    out::show_text(global, "script", &text)?;
    Ok(Exit::Done)
}

/// Print the manual page.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The page of one command instead of the program's
    command: Option<String>,
}

/// Runs `man`.
pub(super) fn man(args: &ManArgs, global: &Global) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => program
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Failure::new(Exit::Usage, format!("no command is called {name:?}"), ""))?,
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    out::show_text(global, "page", &text)?;
    Ok(Exit::Done)
}
