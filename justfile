# Daily work. `just` lists the recipes; `scripts/test` is the one command that installs and runs everything.

[private]
default:
    @just --list

# Format, lints, documentation
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

# What runs on a bare machine; what is not installed is skipped aloud
test *ARGS:
    cargo nextest run --workspace {{ARGS}}

# The same with PostgreSQL, a mail server and curl for real
test-real:
    READMIT_REQUIRE=pg,smtp,curl cargo nextest run --workspace

# Journeys in a real browser
test-browser:
    node crates/readmit-tests/browser/self-check.mjs
    READMIT_REQUIRE=browser cargo nextest run -p readmit-tests --test browser

# Decisions and steps of the machine
bench:
    cargo bench -p readmit-core

# Whole journeys over HTTP, beside their floors
bench-journey:
    cargo build --release -p readmit
    cargo run --release -p readmit-tests --bin bench-journey

# Kill the server N times at random points, on each database
crash N="15":
    cargo build -p readmit
    cargo run -p readmit-tests --bin crash -- {{N}}

# The product with sample data
run *ARGS:
    cargo run -- demo {{ARGS}}

# Every page with every sample, as files to look at
pages DIR="target/pages":
    cargo run -- pages --out {{DIR}}

# Accept changed snapshots and generated documents
bless:
    INSTA_UPDATE=always READMIT_BLESS=1 cargo nextest run --workspace

# Licences, fences, sources
deny:
    cargo deny --log-level error check bans licenses sources

# Fuzz one target for a minute
fuzz TARGET:
    cargo +nightly fuzz run {{TARGET}} -- -max_total_time=60

# The budgets: files, dependencies
stats:
    cargo test -p readmit-tests --test tidy -- --nocapture --test-threads 1 enough short
