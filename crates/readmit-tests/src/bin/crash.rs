//! `crash N [--database sqlite|postgres] [--seed S]`: kills the server N times at random moments, on each database or on
//! one. Prints a JSON document a database; exit code 1 on any contradiction, 2 on wrong arguments.

use std::process::ExitCode;
use std::time::Instant;
use std::time::SystemTime;

use readmit_tests::crash;
use readmit_tests::crash::Engine;
use readmit_tests::crash::Plan;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(plans) = plans(&arguments) else {
        eprintln!("crash N [--database sqlite|postgres] [--seed S]");
        return ExitCode::from(2);
    };
    let mut is_good = true;
    for plan in plans {
        let since = Instant::now();
        let Some(summary) = crash::run(plan).await else {
            continue;
        };
        println!("{:#}", summary.document(&plan, since.elapsed()));
        is_good &= summary.contradictions().is_empty();
    }
    ExitCode::from(u8::from(!is_good))
}

fn plans(arguments: &[String]) -> Option<Vec<Plan>> {
    let (rounds, options) = arguments.split_first()?;
    let rounds = rounds.parse().ok()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut seed = u64::from(now.subsec_nanos());
    let mut engines = vec![Engine::Sqlite, Engine::Postgres];
    for pair in options.chunks(2) {
        match pair {
            [name, value] if name == "--seed" => seed = value.parse().ok()?,
            [name, value] if name == "--database" && value == "sqlite" => engines = vec![Engine::Sqlite],
            [name, value] if name == "--database" && value == "postgres" => engines = vec![Engine::Postgres],
            _ => return None,
        }
    }
    Some(engines.into_iter().map(|engine| Plan { rounds, engine, seed }).collect())
}
