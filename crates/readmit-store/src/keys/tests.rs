//! What the key promises.

use super::*;

fn place(row: &str) -> Place {
    Place { table: "registrations", column: "secret", row: row.to_owned(), tenant: "t".to_owned() }
}

#[test]
fn a_sealed_value_opens_in_its_own_place_only() {
    let keys = Keys::from_bytes([1; 32]);
    let sealed = keys.seal(&place("a"), [9; 12], b"seed").unwrap();
    assert_eq!(keys.open(&place("a"), &sealed).unwrap().as_slice(), b"seed");
    let elsewhere = [
        place("b"),
        Place { table: "journeys", ..place("a") },
        Place { column: "contact", ..place("a") },
        Place { tenant: "u".to_owned(), ..place("a") },
    ];
    for place in elsewhere {
        assert!(matches!(keys.open(&place, &sealed), Err(KeyError::Sealed)), "{place:?}");
    }
    assert!(matches!(Keys::from_bytes([2; 32]).open(&place("a"), &sealed), Err(KeyError::Sealed)));
}

#[test]
fn any_changed_or_missing_byte_is_refused() {
    let keys = Keys::from_bytes([1; 32]);
    let sealed = keys.seal(&place("a"), [9; 12], b"seed").unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(keys.open(&place("a"), &changed).is_err(), "byte {at}");
        assert!(keys.open(&place("a"), &sealed[..at]).is_err(), "cut at {at}");
    }
    assert!(matches!(keys.open(&place("a"), &[2, 0, 0]), Err(KeyError::Version(2))));
}

#[test]
fn hashes_differ_by_purpose_parts_and_key() {
    let keys = Keys::from_bytes([1; 32]);
    let one = keys.mac(Purpose::Code, &[b"ab", b"c"]);
    assert_eq!(one, keys.clone().mac(Purpose::Code, &[b"ab", b"c"]));
    for other in [
        keys.mac(Purpose::Answer, &[b"ab", b"c"]),
        keys.mac(Purpose::Code, &[b"a", b"bc"]),
        keys.mac(Purpose::Code, &[b"abc"]),
        Keys::from_bytes([2; 32]).mac(Purpose::Code, &[b"ab", b"c"]),
    ] {
        assert_ne!(one, other);
    }
}

#[test]
fn a_token_hash_is_plain_sha_256() {
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(hex(&token_hash(b"abc")), known);
}

#[test]
fn a_signature_is_of_one_message_and_one_key() {
    let signing = Keys::from_bytes([1; 32]).signing_key().unwrap();
    let other = Keys::from_bytes([2; 32]).signing_key().unwrap();
    let signature = signing.sign(b"message");
    assert!(signing.verifying().verifies(b"message", &signature));
    assert!(!signing.verifying().verifies(b"massage", &signature));
    assert!(!other.verifying().verifies(b"message", &signature));
}

#[cfg(unix)]
#[test]
fn a_key_file_is_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    assert!(matches!(Keys::load(&path), Err(KeyError::Missing(_))));
    let made = Keys::generate_file(&path, [7; 32]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
    assert!(matches!(Keys::generate_file(&path, [8; 32]), Err(KeyError::Exists(_))));
    assert_eq!(Keys::load(&path).unwrap().check(), made.check());
    for mode in [0o440, 0o404, 0o420, 0o401] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(Keys::load(&path), Err(KeyError::Exposed(_))), "{mode:o}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_another_size_is_no_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    for size in [0, 31, 33] {
        let path = dir.path().join(size.to_string());
        fs::write(&path, vec![1; size]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(Keys::load(&path), Err(KeyError::Size(_))), "{size}");
    }
}
