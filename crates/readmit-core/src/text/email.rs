//! A mailbox that codes and notices go to.

use std::fmt;

use super::AddressProblem;
use super::Domain;
use super::Masked;
use super::address::is_dot_atom;
use super::address::visible;

/// Exactly one mail address: an ASCII dot-atom (RFC 5321) and a domain.
///
/// Two are equal if they differ in case or in the spelling of the domain only. Prints only its mask.
#[derive(Clone)]
pub struct EmailAddress {
    local: String,
    domain: Domain,
    address: String,
}

impl EmailAddress {
    /// Reads one address; quoted local parts, comments, lists, display names and controls are refused.
    pub fn parse(text: &str) -> Result<Self, AddressProblem> {
        let (local, domain) = visible(text)?.rsplit_once('@').ok_or(AddressProblem::NotOneAt)?;
        if local.contains('@') {
            return Err(AddressProblem::NotOneAt);
        }
        if !is_dot_atom(local) {
            return Err(AddressProblem::LocalPart);
        }
        let domain = Domain::parse(domain)?;
        let address = format!("{local}@{domain}");
        if address.len() > 254 {
            return Err(AddressProblem::TooLong);
        }
        let local = local.to_owned();
        Ok(Self { local, domain, address })
    }

    /// Where mail goes: the local part as given, the domain in IDNA ASCII form.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The key: lower case.
    pub fn canonical(&self) -> String {
        self.address.to_ascii_lowercase()
    }

    /// The mailbox behind the address: [`EmailAddress::canonical`] without a `+tag`.
    pub fn mailbox(&self) -> String {
        let local = match self.local.split_once('+') {
            Some((mailbox, _)) if !mailbox.is_empty() => mailbox,
            _ => &self.local,
        };
        format!("{}@{}", local.to_ascii_lowercase(), self.domain)
    }

    /// The domain.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Whether mail to both lands in one mailbox.
    pub fn same_destination(&self, other: &Self) -> bool {
        self.mailbox() == other.mailbox()
    }

    /// The address as pages, mails and logs may show it.
    pub fn masked(&self) -> Masked {
        Masked::mailbox(&self.local, &self.domain.unicode())
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.address.eq_ignore_ascii_case(&other.address)
    }
}

impl Eq for EmailAddress {}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked().text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_read_and_kept() {
        let address = EmailAddress::parse(" Ada+Bank@Bücher.example ").unwrap();
        assert_eq!(address.as_str(), "Ada+Bank@xn--bcher-kva.example");
        assert_eq!(address.canonical(), "ada+bank@xn--bcher-kva.example");
        assert_eq!(address.mailbox(), "ada@xn--bcher-kva.example");
        assert_eq!(address, EmailAddress::parse("ada+bank@BÜCHER.example").unwrap());
        assert!(address.same_destination(&EmailAddress::parse("ada+x@bücher.example").unwrap()));
        assert!(!address.same_destination(&EmailAddress::parse("ada@b.example").unwrap()));
        assert_eq!(EmailAddress::parse("+tag@b.example").unwrap().mailbox(), "+tag@b.example");
    }

    #[test]
    fn anything_but_one_plain_address_is_refused() {
        for text in [
            "",
            "ada",
            "@b.example",
            "ada@",
            "ada@localhost",
            "a@b@c.example",
            "\"a b\"@c.example",
            "a@c.example,d@e.example",
            "a@c.example;d@e.example",
            "Ada <a@c.example>",
            "a(x)@c.example",
            "a b@c.example",
            "a@[192.0.2.1]",
            "a@c.example\r\nBcc: d@e.example",
            "a@c.example\n",
            "a\0@c.example",
            "[\"a@c.example\"]",
            "jürgen@c.example",
            "ａ@c.example",
            "a@c.example.",
            ".a@c.example",
            "a..b@c.example",
            "a@c\u{200B}.example",
            "a@p\u{430}ypal.example",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
        assert!(EmailAddress::parse(&format!("{}@c.example", "a".repeat(65))).is_err());
    }

    #[test]
    fn debug_shows_only_the_mask() {
        let printed = format!("{:?}", EmailAddress::parse("rosalind@private.example").unwrap());
        assert_eq!(printed, "EmailAddress(r•••••@p•••••.example)");
    }
}
