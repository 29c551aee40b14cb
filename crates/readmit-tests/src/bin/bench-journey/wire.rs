//! The smallest HTTP/1.1 client that keeps its connection: what it costs must not count against the server.

use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// A connection.
pub(crate) struct Wire {
    stream: TcpStream,
    host: String,
    buffer: Vec<u8>,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The value of a header, which the server writes in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Bytes that came over the wire.
    pub(crate) fn bytes(&self) -> usize {
        self.head.len() + self.body.len()
    }
}

impl Wire {
    /// Connects to `http://127.0.0.1:PORT`.
    pub(crate) async fn open(origin: &str) -> Self {
        let host = origin.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, host, buffer: Vec::with_capacity(16 * 1024) }
    }

    /// The text of a request; `more` are further headers, each with its line end.
    pub(crate) fn request(&self, method: &str, path: &str, more: &str, body: &str) -> String {
        let (host, length) = (&self.host, body.len());
        format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n{more}content-length: {length}\r\n\r\n{body}")
    }

    /// GET without any headers of its own.
    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        let request = self.request("GET", path, "", "");
        self.send(&request).await
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&mut self, request: &str) -> Reply {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let end = self.read_until(None).await;
        let head = String::from_utf8(self.buffer[..end].to_vec()).unwrap();
        let mut reply = Reply { status: head[9..12].parse().unwrap(), head, body: Vec::new() };
        let length: usize = reply.header("content-length").map_or(0, |value| value.parse().unwrap());
        self.read_until(Some(end + length)).await;
        reply.body = self.buffer[end..end + length].to_vec();
        self.buffer.drain(..end + length);
        reply
    }

    /// Reads up to this many bytes, or to the end of the header; says how many that are.
    async fn read_until(&mut self, wanted: Option<usize>) -> usize {
        loop {
            let end = match wanted {
                Some(wanted) => Some(wanted).filter(|wanted| self.buffer.len() >= *wanted),
                None => self.buffer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4),
            };
            if let Some(end) = end {
                return end;
            }
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the server closed the connection");
        }
    }
}
