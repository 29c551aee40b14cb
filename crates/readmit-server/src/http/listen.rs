//! The listener: HTTP/1 and HTTP/2 on one socket, TLS where configured, and time limits on all of it.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Body as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use hyper_util::server::conn::auto;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::client_address::AddressRange;
use super::client_address::ClientAddress;
use super::client_address::PeerAddress;
use super::connections::Connections;
use super::connections::Pulse;
use super::connections::Seat;
use super::streams::TimedBody;
use super::streams::Watched;

/// Where and how to listen.
#[derive(Clone, Debug)]
pub struct ListenerConfig {
    /// Port 0 lets the system choose; see [`Listener::address`].
    pub bind: SocketAddr,
    /// Certificate chain and key; without them only loopback or listed proxies are served.
    pub tls: Option<TlsFiles>,
    /// Addresses whose word about the client counts, and which have no bound of connections.
    pub trusted_proxies: Vec<AddressRange>,
    /// How long requests in progress may take after the shutdown began.
    pub drain: Duration,
    /// Time and size limits.
    pub limits: Limits,
}

/// PEM files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Limits of A-59; the default is what it demands, tests set shorter ones.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a request's header, and between two requests of an HTTP/1 connection. 10 s.
    pub header: Duration,
    /// For a request's whole body. 15 s.
    pub body: Duration,
    /// Without a byte in either direction. 60 s.
    pub idle: Duration,
    /// For the TLS handshake. 5 s.
    pub handshake: Duration,
    /// For a connection, whatever it does. 10 min.
    pub age: Duration,
    /// Open connections in all: 4096, or fewer where the process may open fewer files.
    pub connections: usize,
    /// Open connections of an IPv4 address or IPv6 /64; loopback and listed proxies are exempt. 64.
    pub per_source: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(15),
            idle: Duration::from_secs(60),
            handshake: Duration::from_secs(5),
            age: Duration::from_secs(600),
            connections: 4096,
            per_source: 64,
        }
    }
}

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenFault {
    /// Passwords would cross the network in the clear.
    #[error(
        "{bind} can be reached from other machines, and passwords would cross the network in the clear: \
         set [server] tls_cert_file and tls_key_file, or bind a loopback address, or list your TLS proxy in [server] trusted_proxies"
    )]
    Cleartext {
        /// The address asked for.
        bind: SocketAddr,
    },
    /// The address is taken, not ours, or not allowed.
    #[error("cannot listen on {bind}: {source}")]
    Bind {
        /// The address asked for.
        bind: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A PEM file is missing or holds something else, or key and certificate do not belong together.
    #[error("cannot use {}: {reason}", file.display())]
    Tls {
        /// The certificate's or the key's file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// A bound socket that does not answer yet.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    drain: Duration,
}

/// What every connection needs.
struct Shared {
    tls: Option<TlsAcceptor>,
    trusted_proxies: Vec<AddressRange>,
    limits: Limits,
    connections: Arc<Connections>,
    http: auto::Builder<TokioExecutor>,
    is_loopback: bool,
}

impl Listener {
    /// Binds the address and reads the certificate.
    ///
    /// # Errors
    /// [`ListenFault`]: nothing was bound.
    pub async fn bind(config: ListenerConfig) -> Result<Self, ListenFault> {
        let ListenerConfig { bind, tls, trusted_proxies, drain, limits } = config;
        let is_loopback = bind.ip().to_canonical().is_loopback();
        if tls.is_none() && !is_loopback && trusted_proxies.is_empty() {
            return Err(ListenFault::Cleartext { bind });
        }
        let tls = tls.as_ref().map(acceptor).transpose()?;
        let failed = |source| ListenFault::Bind { bind, source };
        let socket = TcpListener::bind(bind).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let total = limits.connections.min(descriptor_budget());
        let connections = Connections::new(total, limits.per_source);
        let http = protocol(&limits);
        let shared = Arc::new(Shared { tls, trusted_proxies, limits, connections, http, is_loopback });
        Ok(Self { socket, address, shared, drain })
    }

    /// The address in use, with the port that the system chose.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `shutdown` completes; then takes no new connection, lets requests in
    /// progress end for at most the drain time, and cuts the rest. Each request has a [`PeerAddress`].
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()> + Send) {
        let Self { socket, shared, drain, .. } = self;
        let (stop, stopped) = watch::channel(false);
        let mut open = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = shutdown.as_mut() => break,
                accepted = socket.accept() => match accepted {
                    Ok((tcp, peer)) => shared.admit(tcp, peer, &router, &stopped, &mut open),
                    // Out of descriptors, or the client is gone already: no reason to stop, none to spin.
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                },
                Some(_) = open.join_next(), if !open.is_empty() => {}
            }
        }
        drop(socket);
        stop.send_replace(true);
        let all = async { while open.join_next().await.is_some() {} };
        if tokio::time::timeout(drain, all).await.is_err() {
            open.shutdown().await;
        }
    }
}

impl Shared {
    /// Gives the connection a seat and a task, or closes it by dropping it.
    fn admit(
        self: &Arc<Self>,
        tcp: TcpStream,
        peer: SocketAddr,
        router: &Router,
        stopped: &watch::Receiver<bool>,
        open: &mut JoinSet<()>,
    ) {
        let client = ClientAddress::new(peer.ip());
        let is_proxy = self.trusted_proxies.iter().any(|range| range.contains(client.ip));
        // Plain HTTP is for the proxy alone: who comes past it would send passwords in the clear.
        if self.tls.is_none() && !self.is_loopback && !is_proxy && !client.is_loopback() {
            return;
        }
        let source = (!is_proxy && !client.is_loopback()).then(|| client.source_key());
        let Some(seat) = self.connections.seat(source) else {
            return;
        };
        let connection =
            Connection { shared: Arc::clone(self), seat, peer, router: router.clone(), stopped: stopped.clone() };
        open.spawn(connection.run(tcp));
    }
}

/// One accepted connection.
struct Connection {
    shared: Arc<Shared>,
    seat: Seat,
    peer: SocketAddr,
    router: Router,
    stopped: watch::Receiver<bool>,
}

impl Connection {
    async fn run(self, tcp: TcpStream) {
        // Without it small answers wait for the client's delayed acknowledgement; it is no condition.
        let _ = tcp.set_nodelay(true);
        let Some(tls) = self.shared.tls.clone() else {
            return self.drive(tcp).await;
        };
        let handshake = Box::pin(tls.accept(tcp));
        if let Ok(Ok(stream)) = tokio::time::timeout(self.shared.limits.handshake, handshake).await {
            self.drive(stream).await;
        }
    }

    async fn drive<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let Self { shared, seat, peer, router, mut stopped } = self;
        let (limits, pulse) = (shared.limits, Arc::clone(&seat.pulse));
        let of_requests = Arc::clone(&pulse);
        let service =
            service_fn(move |request| answer(router.clone(), request, peer, limits.body, Arc::clone(&of_requests)));
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(&pulse)));
        let mut connection = Box::pin(shared.http.serve_connection(stream, service));
        let mut lapse = std::pin::pin!(pulse.lapse(&limits));
        let mut is_draining = false;
        loop {
            tokio::select! {
                _ = connection.as_mut() => break,
                () = lapse.as_mut() => break,
                _ = stopped.wait_for(|stopped| *stopped), if !is_draining => {
                    is_draining = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// One request, from the wire into the router.
async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    within: Duration,
    pulse: Arc<Pulse>,
) -> Result<Response, Infallible> {
    let _running = pulse.request();
    let mut request = request
        .map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(TimedBody::new(body, within, &pulse)) });
    request.extensions_mut().insert(PeerAddress(peer));
    router.oneshot(request).await
}

/// HTTP/1 and HTTP/2, told apart by the preface; bounds on headers, streams and resets.
fn protocol(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(limits.header).max_buf_size(32 * 1024).max_headers(128);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(32 * 1024)
        // CVE-2023-44487 and its kin: streams reset by the client before we looked at them.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100);
    http
}

fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, ListenFault> {
    let fault = |file: &Path, reason: String| ListenFault::Tls { file: file.to_owned(), reason };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(|certificates| certificates.collect::<Result<Vec<_>, _>>())
        .map_err(|error| fault(&files.certificate, error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| fault(&files.key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| fault(&files.certificate, error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// How many connections the process's limit of open files leaves room for, beside the database's
/// files and outgoing connections.
fn descriptor_budget() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = soft.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<usize>().ok());
    soft.map_or(usize::MAX, |soft| soft.saturating_sub(256).max(64))
}
