//! Slow clients, full houses, and the end.

use std::time::Duration;
use std::time::Instant;

use readmit_server::http::listen::Limits;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::door::Answer;
use crate::door::Door;
use crate::door::FORM;
use crate::door::OURS;
use crate::door::short;

#[tokio::test]
async fn slow_clients_are_cut_off() {
    let door = Door::with(short(), None, &[]).await;
    let started = Instant::now();
    for opening in ["", "G", "GET /reset HTTP/1.1\r\nHost: x\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let started = Instant::now();
        let answer = door.raw(opening).await;
        assert_ne!(answer.status, 200, "{opening}");
        assert!(started.elapsed() >= Duration::from_millis(250), "{opening} {:?}", started.elapsed());
    }
    let kept_open = door.raw(&format!("GET /reset HTTP/1.1\r\nHost: {}\r\n\r\n", door.host())).await;
    assert_eq!(kept_open.status, 200);
    let unfinished = format!("{FORM}{OURS}Content-Length: 100\r\n");
    let stalled = door.ask("POST", "/reset", &unfinished, "").await;
    assert_eq!(stalled.status, 408, "{stalled:?}");
    stalled.support_code();
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    assert_eq!(door.moves(), 0);
}

#[tokio::test]
async fn a_dripping_body_is_cut_off_too() {
    let door = Door::with(short(), None, &[]).await;
    let mut tcp = TcpStream::connect(door.address).await.unwrap();
    let head = format!("POST /reset HTTP/1.1\r\nHost: {}\r\n{FORM}{OURS}Content-Length: 1000\r\n\r\n", door.host());
    tcp.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = tcp.into_split();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while writer.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut bytes = vec![0; 512];
    let read = tokio::time::timeout(Duration::from_secs(5), reader.read(&mut bytes)).await.unwrap().unwrap();
    assert_eq!(Answer::new(&bytes[..read]).status, 408);
}

#[tokio::test]
async fn shutdown_lets_a_request_end_and_takes_no_new_one() {
    let mut door = Door::open().await;
    let url = door.url("/slow");
    let mut running = JoinSet::new();
    running.spawn(async move { reqwest::get(url).await.unwrap().status() });
    let _idle = TcpStream::connect(door.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(150)).await;
    let started = Instant::now();
    door.stop.take().unwrap().send(()).unwrap();
    door.served.join_next().await.unwrap().unwrap();
    assert_eq!(running.join_next().await.unwrap().unwrap(), 200);
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(TcpStream::connect(door.address).await.is_err());
}

#[tokio::test]
async fn shutdown_cuts_what_does_not_end() {
    let mut door = Door::open().await;
    let mut tcp = TcpStream::connect(door.address).await.unwrap();
    let head = format!("POST /reset HTTP/1.1\r\nHost: {}\r\n{FORM}{OURS}Content-Length: 10\r\n\r\n", door.host());
    tcp.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    door.stop.take().unwrap().send(()).unwrap();
    door.served.join_next().await.unwrap().unwrap();
    assert!((2..4).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn in_a_full_house_a_sleeper_makes_room() {
    let limits = Limits { connections: 8, ..Limits::default() };
    let door = Door::with(limits, None, &[]).await;
    let mut sleepers = Vec::new();
    for _ in 0..40 {
        sleepers.push(TcpStream::connect(door.address).await.unwrap());
    }
    assert_eq!(door.ask("GET", "/reset", "", "").await.status, 200);
    let mut closed = 0;
    for sleeper in &mut sleepers {
        let mut byte = [0];
        if tokio::time::timeout(Duration::from_millis(20), sleeper.read(&mut byte)).await.is_ok() {
            closed += 1;
        }
    }
    assert!(closed >= 32, "{closed}");
}
