//! The command line. A command is a variant of [`Command`] and a file of its own, with `run(self, &Global)`.

mod audit;
mod blocks;
mod case;
mod context;
mod demo;
mod doctor;
mod failure;
mod fields;
mod group;
mod import;
mod init;
mod licence;
mod method;
mod migrate;
mod output;
mod pages;
mod policy;
mod policy_values;
mod serve;
mod tenant;
mod user;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::Parser;
use clap::Subcommand;

use self::failure::Failure;
use self::output::Output;

/// Lets people back into their accounts: self-service password reset that you host yourself.
#[derive(Parser)]
#[command(name = "readmit", version, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(clap::Args)]
struct Global {
    /// Configuration file; else ./readmit.toml, then /etc/readmit/readmit.toml.
    #[arg(long, global = true, value_name = "FILE", env = "READMIT_CONFIG")]
    config: Option<PathBuf>,
    /// Organization; may be left out while there is one, or where a user ID's domain tells it.
    #[arg(long, global = true, value_name = "NAME")]
    tenant: Option<String>,
    /// Print one JSON document.
    #[arg(long, global = true)]
    json: bool,
    /// Say nothing but what was asked for.
    #[arg(long, global = true)]
    quiet: bool,
}

impl Global {
    fn output(&self) -> Output {
        Output { json: self.json, quiet: self.quiet }
    }
}

#[derive(Subcommand)]
enum Command {
    /// The whole product with sample data, on this machine only.
    Demo(demo::Demo),
    /// Make a folder with everything that `serve` needs.
    Init(init::Init),
    /// Answer people.
    Serve(serve::Serve),
    /// Bring the database's schema up to this program's.
    Migrate(migrate::Migrate),
    /// Look at configuration, database, mail and disk, and say what is wrong.
    Doctor(doctor::Doctor),
    /// Organizations.
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Accounts, their methods and their blocks.
    #[command(subcommand)]
    User(user::User),
    /// Groups and who is in them.
    #[command(subcommand)]
    Group(group::Group),
    /// Licences of accounts and groups.
    #[command(subcommand)]
    Licence(licence::Licence),
    /// What an organization decided about password reset.
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Why an account can or cannot reset its password, and what to do.
    Why(why::Why),
    /// What a support code leads to: what happened, why, and what to do.
    Case(case::Case),
    /// What happened: list, export and verify the audit.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Write every page in every state and language as HTML files.
    Pages(pages::Pages),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

impl Command {
    async fn run(self, global: &Global) -> Result<Answer, Failure> {
        match self {
            Self::Demo(command) => Box::pin(command.run(global)).await,
            Self::Init(command) => Box::pin(command.run(global)).await,
            Self::Serve(command) => Box::pin(command.run(global)).await,
            Self::Migrate(command) => command.run(global).await,
            Self::Doctor(command) => command.run(global).await,
            Self::Tenant(command) => command.run(global).await,
            Self::User(command) => Box::pin(command.run(global)).await,
            Self::Group(command) => command.run(global).await,
            Self::Licence(command) => command.run(global).await,
            Self::Policy(command) => command.run(global).await,
            Self::Why(command) => Box::pin(command.run(global)).await,
            Self::Case(command) => Box::pin(command.run(global)).await,
            Self::Audit(command) => Ok(Box::pin(command.run(global)).await?.map_or(Answer::Yes, Answer::Audit)),
            Self::Pages(command) => command.run(global),
            Self::Completions { shell } => {
                clap_complete::generate(shell, &mut Arguments::command(), "readmit", &mut std::io::stdout());
                Ok(Answer::Yes)
            }
        }
    }
}

/// What a command that ran to its end has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Done, or yes.
    Yes,
    /// No: not able, wrong, refused.
    No,
    /// What was asked about does not exist; the document says so.
    Unknown,
    /// Done in part: the document says what failed.
    Partly,
    /// What `audit verify` found.
    Audit(readmit_store::Finding),
}

impl From<Answer> for ExitCode {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Yes => Self::from(0),
            Answer::No => Self::from(1),
            Answer::Unknown => Self::from(3),
            Answer::Partly => Self::from(4),
            Answer::Audit(finding) => Self::from(finding.exit_code()),
        }
    }
}

/// Runs the command that the arguments name. Exit codes are those of the documentation.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misused(&error),
    };
    let output = arguments.global.output();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ran = match runtime {
        Ok(runtime) => runtime.block_on(arguments.command.run(&arguments.global)),
        Err(error) => Err(Failure::fault(format!("the program could not start its threads: {error}"))),
    };
    match ran {
        Ok(answer) => answer.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}

/// Help and version go to standard output; anything else is a usage error.
fn misused(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && json {
        // The first paragraph: what is wrong, and with which arguments.
        let text = error.to_string();
        let problem: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
        let failure = Failure::usage(problem.join(" ").trim_start_matches("error: "));
        Output { json, quiet: false }.failure(&failure);
    } else if error.print().is_err() {
        return ExitCode::from(7);
    }
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::from(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_contradicts_itself() {
        Arguments::command().debug_assert();
    }
}
