//! Units of work keep their promises on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot arrange its database must stop")]
#![expect(clippy::disallowed_methods, reason = "a test starts tasks of its own")]

mod common;

use std::time::Duration;
use std::time::Instant;

use jiff::Timestamp;
use readmit_store::Engine;
use readmit_store::FromRow;
use readmit_store::Migration;
use readmit_store::Row;
use readmit_store::Store;
use readmit_store::StoreError;
use readmit_store::Tx;
use readmit_store::args;
use tokio::task::JoinSet;
use uuid::Uuid;

use common::Bed;

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "start",
    sql: "CREATE TABLE things (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, version BIGINT NOT NULL);\n\
          CREATE TABLE kinds (t TEXT, i BIGINT, b BYTEA, f BOOLEAN, at BIGINT, u TEXT, h BYTEA);",
}];
const INSERT: &str = "INSERT INTO things (id, n, version) VALUES ($1, $2, 1)";

/// What a caller of the store makes of its errors.
#[derive(Debug, PartialEq)]
enum Failure {
    Store(StoreError),
    Refused,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn beds() -> Vec<Bed> {
    let beds = common::beds().await;
    for bed in &beds {
        bed.store.migrate_with(SCHEMA).await.unwrap();
    }
    beds
}

async fn put(store: &Store, id: i64) -> Result<(), StoreError> {
    store.write(async move |tx: &mut Tx| tx.exec(INSERT, args![id, 0_i64]).await.map(drop)).await
}

async fn ids(store: &Store) -> Vec<i64> {
    let rows = store.read(async |tx: &mut Tx| tx.all::<(i64,)>("SELECT id FROM things ORDER BY id", args![]).await);
    rows.await.unwrap_or_else(|error: StoreError| unreachable!("{error}")).into_iter().map(|(id,)| id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_kept_whole_or_not_at_all() {
    for bed in beds().await {
        let refused = bed.store.write(async |tx: &mut Tx| {
            tx.exec(INSERT, args![1_i64, 0_i64]).await?;
            Err::<(), _>(Failure::Refused)
        });
        assert_eq!(refused.await, Err(Failure::Refused), "{bed}");
        let kept = bed.store.write(async |tx: &mut Tx| {
            let touched = tx.exec(INSERT, args![2_i64, 0_i64]).await?;
            Ok::<_, Failure>(touched + tx.exec(INSERT, args![3_i64, 0_i64]).await?)
        });
        assert_eq!(kept.await, Ok(2), "{bed}");
        assert_eq!(ids(&bed.store).await, [2, 3], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_with_a_failed_statement_is_undone_although_it_swallows_the_error() {
    for bed in beds().await {
        let outcome = bed.store.write(async |tx: &mut Tx| {
            tx.exec(INSERT, args![1_i64, 0_i64]).await?;
            assert!(matches!(tx.exec(INSERT, args![1_i64, 0_i64]).await, Err(StoreError::Constraint(_))));
            assert_eq!(tx.exec(INSERT, args![2_i64, 0_i64]).await, Err(StoreError::Poisoned));
            assert_eq!(tx.lock("SELECT 1", args![]).await, Err(StoreError::Poisoned));
            Ok(())
        });
        assert_eq!(outcome.await, Err(StoreError::Poisoned), "{bed}");
        assert_eq!(ids(&bed.store).await, [0_i64; 0], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_and_panicking_units_are_undone_alone() {
    for bed in beds().await {
        let mut units = JoinSet::new();
        for id in 0..60_i64 {
            let store = bed.store.clone();
            units.spawn(async move {
                let unit = store.write(async move |tx: &mut Tx| {
                    tx.exec(INSERT, args![id, 0_i64]).await?;
                    match id % 3 {
                        0 => Ok(()),
                        1 => Err(Failure::Refused),
                        _ => std::panic::panic_any("a fault in a unit"),
                    }
                });
                unit.await.is_ok()
            });
        }
        let (mut kept, mut refused, mut panicked) = (0, 0, 0);
        while let Some(outcome) = units.join_next().await {
            match outcome {
                Ok(true) => kept += 1,
                Ok(false) => refused += 1,
                Err(error) => panicked += i32::from(error.is_panic()),
            }
        }
        assert_eq!((kept, refused, panicked), (20, 20, 20), "{bed}");
        assert!(ids(&bed.store).await.into_iter().eq((0..60).step_by(3)), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_awaits_something_else_is_refused_at_once() {
    for bed in beds().await {
        let since = Instant::now();
        let slept = bed.store.write(async |tx: &mut Tx| {
            tx.exec(INSERT, args![1_i64, 0_i64]).await?;
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        });
        assert_eq!(slept.await, Err(StoreError::Foreign), "{bed}");
        let yielded = bed.store.read(async |_: &mut Tx| {
            tokio::task::yield_now().await;
            Ok(())
        });
        assert_eq!(yielded.await, Err(StoreError::Foreign), "{bed}");
        assert!(since.elapsed() < Duration::from_secs(4), "{bed}");
        assert_eq!(ids(&bed.store).await, [0_i64; 0], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_thirty_parallel_guesses_exactly_five_are_judged() {
    for bed in beds().await {
        put(&bed.store, 1).await.unwrap();
        let mut guesses = JoinSet::new();
        for _ in 0..30 {
            let store = bed.store.clone();
            guesses.spawn(async move {
                let guess = store.write(async |tx: &mut Tx| {
                    tx.lock("SELECT id FROM things WHERE id = $1 FOR UPDATE", args![1_i64]).await?;
                    let (tries,): (i64,) = tx.one("SELECT n FROM things WHERE id = $1", args![1_i64]).await?;
                    // Time for others to read the same count, if they can.
                    tx.lock("SELECT pg_sleep(0.02)::text", args![]).await?;
                    if tries == 5 {
                        return Ok(false);
                    }
                    tx.exec("UPDATE things SET n = $2 WHERE id = $1", args![1_i64, tries + 1]).await?;
                    Ok::<_, StoreError>(true)
                });
                guess.await.unwrap()
            });
        }
        let judged = guesses.join_all().await.into_iter().filter(|judged| *judged).count();
        assert_eq!(judged, 5, "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_racers_with_one_version_one_wins() {
    const UPDATE: &str = "UPDATE things SET n = $1, version = version + 1 WHERE id = $2 AND version = $3";
    for bed in beds().await {
        put(&bed.store, 1).await.unwrap();
        let mut racers = JoinSet::new();
        for racer in 0..50_i64 {
            let store = bed.store.clone();
            racers.spawn(async move {
                let race = store.write(async move |tx: &mut Tx| {
                    let touched = tx.exec(UPDATE, args![racer, 1_i64, 1_i64]).await?;
                    if touched == 0 { Err(StoreError::Conflict) } else { Ok(()) }
                });
                race.await
            });
        }
        let outcomes = racers.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{bed}");
        assert!(outcomes.iter().all(|o| matches!(o, Ok(()) | Err(StoreError::Conflict))), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_that_lock_in_opposite_order_all_succeed_in_the_end() {
    const ADD: &str = "UPDATE things SET n = n + 1 WHERE id = $1";
    for bed in beds().await {
        put(&bed.store, 0).await.unwrap();
        put(&bed.store, 1).await.unwrap();
        let mut units = JoinSet::new();
        for first in 0..12_i64 {
            let store = bed.store.clone();
            units.spawn(async move {
                let unit = store.write(async move |tx: &mut Tx| {
                    tx.exec(ADD, args![first % 2]).await?;
                    tx.exec(ADD, args![1 - first % 2]).await
                });
                unit.await
            });
        }
        let outcomes: Vec<Result<u64, StoreError>> = units.join_all().await;
        assert!(outcomes.iter().all(|outcome| *outcome == Ok(1)), "{bed}: {outcomes:?}");
        let sums = bed.store.read(async |tx: &mut Tx| tx.all("SELECT n FROM things", args![]).await);
        assert_eq!(sums.await, Ok::<_, StoreError>(vec![(12_i64,), (12,)]), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unit_whose_caller_left_is_not_kept() {
    for bed in beds().await {
        put(&bed.store, 1).await.unwrap();
        let store = bed.store.clone();
        let holder = tokio::spawn(async move {
            let hold = store.write(async |tx: &mut Tx| {
                tx.exec("UPDATE things SET n = 1 WHERE id = 1", args![]).await?;
                match tx.engine() {
                    Engine::Sqlite => std::thread::sleep(Duration::from_millis(600)),
                    Engine::Postgres => tx.lock("SELECT pg_sleep(0.6)::text", args![]).await?,
                }
                Ok::<_, StoreError>(())
            });
            hold.await
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let store = bed.store.clone();
        let left = tokio::spawn(async move {
            let unit = store.write(async |tx: &mut Tx| {
                tx.exec(INSERT, args![2_i64, 0_i64]).await?;
                tx.exec("UPDATE things SET n = 2 WHERE id = 1", args![]).await
            });
            unit.await
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        left.abort();
        assert!(left.await.unwrap_err().is_cancelled(), "{bed}");
        holder.await.unwrap().unwrap();
        put(&bed.store, 3).await.unwrap();
        assert_eq!(ids(&bed.store).await, [1, 3], "{bed}");
        let n = bed.store.read(async |tx: &mut Tx| tx.one("SELECT n FROM things WHERE id = 1", args![]).await);
        assert_eq!(n.await, Ok::<_, StoreError>((1_i64,)), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_is_dropped_half_way_poisons_its_unit() {
    for bed in beds().await.into_iter().filter(|bed| bed.store.engine() == Engine::Postgres) {
        let outcome = bed.store.write(async |tx: &mut Tx| {
            tx.exec(INSERT, args![1_i64, 0_i64]).await?;
            tokio::select! {
                biased;
                _ = tx.all::<(String,)>("SELECT pg_sleep(1)::text", args![]) => {}
                () = tokio::task::yield_now() => {}
            }
            Ok(())
        });
        assert_eq!(outcome.await, Err(StoreError::Poisoned), "{bed}");
        assert_eq!(ids(&bed.store).await, [0_i64; 0], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_takes_too_long_is_undone_with_busy() {
    const ENDLESS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n WHERE i < 0";
    for bed in beds().await {
        let since = Instant::now();
        let outcome = bed.store.write(async |tx: &mut Tx| {
            tx.exec(INSERT, args![1_i64, 0_i64]).await?;
            match tx.engine() {
                Engine::Sqlite => tx.all::<(i64,)>(ENDLESS, args![]).await.map(drop),
                Engine::Postgres => tx.all::<(String,)>("SELECT pg_sleep(60)::text", args![]).await.map(drop),
            }
        });
        assert_eq!(outcome.await, Err(StoreError::Busy), "{bed}");
        assert!(since.elapsed() < Duration::from_secs(20), "{bed}");
        put(&bed.store, 2).await.unwrap();
        assert_eq!(ids(&bed.store).await, [2], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reading_unit_cannot_write_and_sees_one_view() {
    const COUNT: &str = "SELECT COUNT(*) FROM things";
    for bed in beds().await {
        let written = bed.store.read(async |tx: &mut Tx| tx.exec(INSERT, args![1_i64, 0_i64]).await);
        assert!(matches!(written.await, Err(StoreError::Bad(_))), "{bed}");
        let (begun, has_begun) = std::sync::mpsc::channel();
        let store = bed.store.clone();
        let reader = tokio::spawn(async move {
            let look = store.read(async move |tx: &mut Tx| {
                let (before,): (i64,) = tx.one(COUNT, args![]).await?;
                begun.send(()).unwrap_or_default();
                std::thread::sleep(Duration::from_millis(500));
                let (after,): (i64,) = tx.one(COUNT, args![]).await?;
                Ok::<_, StoreError>((before, after))
            });
            look.await
        });
        tokio::task::block_in_place(|| has_begun.recv().unwrap());
        put(&bed.store, 2).await.unwrap();
        assert_eq!(reader.await.unwrap(), Ok((0, 0)), "{bed}");
        assert_eq!(ids(&bed.store).await, [2], "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn placeholders_are_bound_by_the_number_in_their_name() {
    const SWAPPED: &str = "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS TEXT)";
    for bed in beds().await {
        let row = bed.store.read(async |tx: &mut Tx| tx.one(SWAPPED, args![1_i64, "two"]).await).await;
        assert_eq!(row, Ok::<_, StoreError>(("two".to_owned(), 1_i64, "two".to_owned())), "{bed}");
        for wrong in [args![1_i64], args![1_i64, "two", 3_i64]] {
            let count = bed.store.read(async move |tx: &mut Tx| tx.all::<(String,)>(SWAPPED, wrong).await).await;
            assert!(matches!(count, Err(StoreError::Bad(_))), "{bed}: {count:?}");
        }
        let gap = bed.store.read(async |tx: &mut Tx| tx.all::<(String,)>("SELECT CAST($2 AS TEXT)", args!["x"]).await);
        assert!(matches!(gap.await, Err(StoreError::Bad(_))), "{bed}");
    }
}

/// A struct reads itself from a row.
#[derive(Debug, PartialEq)]
struct Kinds {
    text: String,
    number: Option<i64>,
    bytes: Option<Vec<u8>>,
    flag: bool,
    at: Timestamp,
    id: Uuid,
    hash: [u8; 4],
}

impl FromRow for Kinds {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            text: row.take(0)?,
            number: row.take(1)?,
            bytes: row.take(2)?,
            flag: row.take(3)?,
            at: row.take(4)?,
            id: row.take(5)?,
            hash: row.take(6)?,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_value_comes_back_as_it_went() {
    const PUT: &str = "INSERT INTO kinds (t, i, b, f, at, u, h) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    const TAKE: &str = "SELECT t, i, b, f, at, u, h FROM kinds WHERE t = $1 AND f = $2";
    let at = Timestamp::from_millisecond(1_795_600_000_123).unwrap();
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    for bed in beds().await {
        for (text, number, bytes, flag) in [
            ("Zoë 🗝 'quoted'", Some(i64::MIN), Some(vec![0, 255, 0]), true),
            ("", None, None, false),
            ("12", Some(i64::MAX), Some(Vec::new()), false),
        ] {
            let (given, want) = (bytes.clone(), bytes);
            let seen = bed.store.write(async move |tx: &mut Tx| {
                let hash = [1_u8, 2, 3, 4];
                tx.exec(PUT, args![text, number, given, flag, at, id, hash]).await?;
                tx.one::<Kinds>(TAKE, args![text, flag]).await
            });
            let want = Kinds { text: text.to_owned(), number, bytes: want, flag, at, id, hash: [1, 2, 3, 4] };
            assert_eq!(seen.await, Ok::<_, StoreError>(want), "{bed}");
        }
        let nul = bed.store.write(async |tx: &mut Tx| tx.all::<Kinds>(TAKE, args!["a\0b", true]).await);
        assert!(matches!(nul.await, Err(StoreError::Bad(_))), "{bed}");
        let none = bed.store.read(async |tx: &mut Tx| tx.one::<Kinds>(TAKE, args!["absent", true]).await);
        assert_eq!(none.await, Err(StoreError::NoRow), "{bed}");
        let several = bed
            .store
            .read(async |tx: &mut Tx| tx.opt::<Kinds>("SELECT t, i, b, f, at, u, h FROM kinds", args![]).await);
        assert!(matches!(several.await, Err(StoreError::Bad(_))), "{bed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiters_are_woken_by_a_commit_and_by_nothing_else() {
    for bed in beds().await {
        let replica = match bed.store.engine() {
            Engine::Sqlite => bed.store.clone(),
            Engine::Postgres => common::open(&bed.url).await,
        };
        // A listening connection rings once when it is ready.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (mut here, mut there) = (bed.store.wake("receipts"), replica.wake("receipts"));
        let undone = bed.store.write(async |tx: &mut Tx| {
            tx.notify("receipts");
            Err::<(), _>(Failure::Refused)
        });
        assert_eq!(undone.await, Err(Failure::Refused));
        let short = Duration::from_millis(300);
        assert!(tokio::time::timeout(short, here.changed()).await.is_err(), "{bed}: woken by an undone unit");
        let kept = bed.store.write(async |tx: &mut Tx| {
            tx.exec(INSERT, args![1_i64, 0_i64]).await?;
            tx.notify("receipts");
            Ok::<_, StoreError>(())
        });
        kept.await.unwrap();
        for waiter in [&mut here, &mut there] {
            tokio::time::timeout(Duration::from_secs(5), waiter.changed()).await.unwrap().unwrap();
        }
    }
}
