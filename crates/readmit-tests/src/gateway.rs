//! An HTTP gateway for text messages that answers from a script and remembers what it was asked.

use std::collections::VecDeque;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;

/// A gateway on a port of its own.
pub struct GatewayStub {
    port: u16,
    book: Arc<Mutex<Book>>,
}

#[derive(Default)]
struct Book {
    script: VecDeque<(u16, String)>,
    asked: Vec<Asked>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Request line and headers.
    pub head: String,
    /// What came behind them.
    pub body: String,
}

impl Asked {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.trim().to_owned())
    }
}

impl GatewayStub {
    /// Answers with these statuses and bodies in turn, and from then on with the last one.
    #[must_use]
    pub fn start(script: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = script.iter().map(|(status, body)| (*status, (*body).to_owned()));
        let book = Arc::new(Mutex::new(Book { script: script.collect(), asked: Vec::new() }));
        let kept = Arc::clone(&book);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A visitor who leaves early is none of our business.
                drop(stream.and_then(|stream| converse(stream, &kept)));
            }
        });
        Self { port, book }
    }

    /// The section of the configuration that uses it; `more` are further keys.
    #[must_use]
    pub fn section(&self, name: &str, more: &str) -> String {
        format!("[{name}]\nurl = \"http://127.0.0.1:{}/send\"\nauth = \"none\"\n{more}", self.port)
    }

    /// What it was asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.book.lock().unwrap().asked.clone()
    }
}

fn converse(mut stream: TcpStream, book: &Mutex<Book>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8(body).unwrap();
    let (status, text) = {
        let mut book = book.lock().unwrap();
        book.asked.push(Asked { head, body });
        let next = book.script.pop_front().unwrap();
        if book.script.is_empty() {
            book.script.push_back(next.clone());
        }
        next
    };
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )
}
