//! Who is at the other end: by the socket, or by the word of a proxy that the configuration lists.

use std::fmt;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The socket's other end; a request extension on everything that came through the listener.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PeerAddress(pub SocketAddr);

/// The client's address: the peer's, or what a listed proxy says. An IPv4 address mapped
/// into IPv6 is held as IPv4, so that one client has one key. `0.0.0.0` where there is no socket.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ClientAddress {
    /// In its canonical form.
    pub ip: IpAddr,
}

impl ClientAddress {
    /// The client of a socket address.
    #[must_use]
    pub fn new(ip: IpAddr) -> Self {
        Self { ip: ip.to_canonical() }
    }

    /// The right-most address in `X-Forwarded-For` that is no listed proxy, if the peer itself is
    /// one; else the peer. Every other header that claims an address is ignored, and so is what
    /// stands to the left of an entry that is not an address.
    #[must_use]
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[AddressRange]) -> Self {
        let is_trusted = |ip: IpAddr| trusted.iter().any(|range| range.contains(ip));
        let mut client = peer.to_canonical();
        let hops = headers.get_all(FORWARDED_FOR).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let hops: Vec<&[u8]> = if is_trusted(client) { hops.collect() } else { Vec::new() };
        for hop in hops.into_iter().rev() {
            let Some(ip) = std::str::from_utf8(hop).ok().and_then(|hop| hop.trim().parse::<IpAddr>().ok()) else {
                break;
            };
            client = ip.to_canonical();
            if !is_trusted(client) {
                break;
            }
        }
        Self { ip: client }
    }

    /// The key of throttles and caps: the IPv4 address, or the IPv6 /64 that one customer has whole.
    #[must_use]
    pub fn source_key(&self) -> String {
        match self.ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("{}/64", masked_v6(ip, 64)),
        }
    }

    /// What logs may hold (P-02): the /24 of an IPv4 address, the /48 of an IPv6 one.
    #[must_use]
    pub fn log_prefix(&self) -> String {
        match self.ip {
            IpAddr::V4(ip) => format!("{}/24", masked_v4(ip, 24)),
            IpAddr::V6(ip) => format!("{}/48", masked_v6(ip, 48)),
        }
    }

    /// Whether the client is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.ip.is_loopback()
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// An address, or a network in CIDR notation: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AddressRange {
    network: IpAddr,
    prefix: u32,
}

impl AddressRange {
    /// Whether `ip` lies in the range; a mapped IPv4 address counts as IPv4.
    #[must_use]
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.network, ip.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => masked_v4(ip, self.prefix) == network,
            (IpAddr::V6(network), IpAddr::V6(ip)) => masked_v6(ip, self.prefix) == network,
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

/// Not an address and not a network, or a network with bits set to the right of its prefix.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an IP address or a network such as 10.0.0.0/8")]
pub struct AddressRangeError;

impl FromStr for AddressRange {
    type Err = AddressRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let network: IpAddr = address.parse().map_err(|_| AddressRangeError)?;
        let widest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(widest), str::parse::<u32>).map_err(|_| AddressRangeError)?;
        let range = Self { network, prefix };
        (prefix <= widest && range.contains(network)).then_some(range).ok_or(AddressRangeError)
    }
}

fn masked_v4(ip: Ipv4Addr, prefix: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(ip.to_bits() & u32::MAX.checked_shl(32 - prefix).unwrap_or(0))
}

fn masked_v6(ip: Ipv6Addr, prefix: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(ip.to_bits() & u128::MAX.checked_shl(128 - prefix).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        for name in ["forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip"] {
            headers.append(name, "for=198.51.100.99".parse().unwrap());
        }
        let trusted: Vec<AddressRange> = trusted.iter().map(|range| range.parse().unwrap()).collect();
        ClientAddress::of(peer.parse().unwrap(), &headers, &trusted).ip.to_string()
    }

    #[test]
    fn a_stranger_cannot_name_another_address() {
        assert_eq!(client("203.0.113.5", &["198.51.100.1"], &[]), "203.0.113.5");
        assert_eq!(client("203.0.113.5", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.5");
    }

    #[test]
    fn a_listed_proxy_is_believed_for_the_right_most_stranger() {
        let trusted = &["10.0.0.0/8", "192.0.2.7"];
        assert_eq!(client("10.1.1.1", &[], trusted), "10.1.1.1");
        assert_eq!(client("10.1.1.1", &["198.51.100.1"], trusted), "198.51.100.1");
        assert_eq!(client("10.1.1.1", &["6.6.6.6, 198.51.100.1, 192.0.2.7"], trusted), "198.51.100.1");
        assert_eq!(client("10.1.1.1", &["6.6.6.6", "198.51.100.1"], trusted), "198.51.100.1");
        assert_eq!(client("::ffff:10.1.1.1", &["2001:db8::1"], trusted), "2001:db8::1");
        assert_eq!(client("10.1.1.1", &["10.2.2.2, 10.3.3.3"], trusted), "10.2.2.2");
    }

    #[test]
    fn an_entry_that_is_no_address_ends_the_search() {
        assert_eq!(client("10.1.1.1", &["6.6.6.6, unknown, 10.2.2.2"], &["10.0.0.0/8"]), "10.2.2.2");
        assert_eq!(client("10.1.1.1", &["6.6.6.6, 1.2.3"], &["10.0.0.0/8"]), "10.1.1.1");
        assert_eq!(client("10.1.1.1", &["", "198.51.100.1:443"], &["10.0.0.0/8"]), "10.1.1.1");
    }

    #[test]
    fn keys_join_what_one_customer_holds() {
        let key = |ip: &str| ClientAddress::new(ip.parse().unwrap()).source_key();
        assert_eq!(key("192.0.2.1"), "192.0.2.1");
        assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(key("2001:db8:1:2:ffff::9"), "2001:db8:1:2::/64");
    }

    #[test]
    fn logs_hold_only_a_prefix() {
        let prefix = |ip: &str| ClientAddress::new(ip.parse().unwrap()).log_prefix();
        assert_eq!(prefix("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(prefix("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
    }

    #[test]
    fn ranges_are_read_strictly() {
        for good in ["0.0.0.0/0", "::/0", "192.0.2.7/32", "2001:db8::/32", "::1"] {
            assert!(good.parse::<AddressRange>().is_ok(), "{good}");
        }
        for bad in ["", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "localhost", "::/129", "10.0.0/8", "1.2.3.4/"] {
            assert_eq!(bad.parse::<AddressRange>(), Err(AddressRangeError), "{bad}");
        }
    }
}
