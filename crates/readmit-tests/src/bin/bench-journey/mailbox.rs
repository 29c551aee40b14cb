//! A mail server that takes everything and hands over the codes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// All mailboxes. A code is kept until somebody asks for it, or handed to who asked first.
#[derive(Clone, Default)]
pub(crate) struct Mailbox {
    slots: Arc<Mutex<HashMap<String, Slot>>>,
}

enum Slot {
    Code(String),
    Waiting(oneshot::Sender<String>),
}

impl Mailbox {
    /// Starts to listen; with the section of the configuration that sends here.
    pub(crate) async fn open() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mailbox = Self::default();
        let own = mailbox.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let own = own.clone();
                // A relay that hangs up early is none of our business.
                tokio::spawn(async move { drop(own.converse(stream).await) });
            }
        });
        let section = format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"Reset <reset@larkfield.example>\""
        );
        (mailbox, section)
    }

    /// The code that came, or comes, for this address.
    pub(crate) async fn code(&self, to: &str) -> String {
        let coming = {
            let mut slots = self.slots.lock().unwrap();
            match slots.remove(to) {
                Some(Slot::Code(code)) => return code,
                Some(Slot::Waiting(_)) | None => {
                    let (sender, coming) = oneshot::channel();
                    slots.insert(to.to_owned(), Slot::Waiting(sender));
                    coming
                }
            }
        };
        coming.await.unwrap()
    }

    fn put(&self, to: &str, code: &str) {
        let mut slots = self.slots.lock().unwrap();
        if let Some(Slot::Waiting(waiting)) = slots.remove(to) {
            waiting.send(code.to_owned()).unwrap();
        } else {
            slots.insert(to.to_owned(), Slot::Code(code.to_owned()));
        }
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let (mut to, mut is_text, mut line) = (String::new(), false, String::new());
        stream.write_all(b"220 here\r\n").await?;
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let said = line.trim_end();
            if is_text && said != "." {
                if is_code(said) {
                    self.put(&to, said);
                }
                continue;
            }
            let verb = said.get(..4).unwrap_or(said).to_ascii_uppercase();
            let reply = match verb.as_str() {
                "RCPT" => {
                    let address = said.split(['<', '>']).nth(1).unwrap_or_default();
                    address.clone_into(&mut to);
                    "250 ok\r\n"
                }
                "DATA" => "354 go on\r\n",
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            is_text = verb == "DATA";
            stream.write_all(reply.as_bytes()).await?;
        }
    }
}

/// A line of six digits alone: the code in the plain part.
fn is_code(line: &str) -> bool {
    line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit())
}
