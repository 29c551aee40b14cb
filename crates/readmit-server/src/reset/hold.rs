//! A browser's hold on a journey: an opaque token, of which the store keeps the hash.

use super::failure::Failure;
use crate::app::Parts;
use crate::entropy::Entropy;
use crate::entropy::EntropyFault;
use crate::text::Lang;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use readmit_core::ids::JourneyId;
use readmit_core::ids::TenantId;
use readmit_store::Session;
use readmit_store::token_hash;
use zeroize::Zeroizing;

/// For this long the previous token may read the page and repeat its last step.
const OVERLAP: SignedDuration = SignedDuration::from_secs(30);

/// A verified hold.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The organization.
    pub tenant: TenantId,
    /// The journey.
    pub journey: JourneyId,
    /// Hash of the token that was shown.
    pub token_hash: [u8; 32],
    /// Language of the pages.
    pub lang: Lang,
    /// What the token may still do.
    pub reach: Reach,
}

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everything.
    Whole,
    /// Read, and repeat the last step: a newer token took over a moment ago.
    Last,
}

/// A new token: what the cookie carries, and what the store keeps.
#[derive(Clone)]
pub struct Token {
    /// For the cookie.
    pub text: Zeroizing<String>,
    /// For the store.
    pub hash: [u8; 32],
}

impl Token {
    /// 256 random bits.
    pub fn draw(entropy: &Entropy) -> Result<Self, EntropyFault> {
        let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(entropy.bytes::<32>()?));
        let hash = token_hash(text.as_bytes());
        Ok(Self { text, hash })
    }
}

/// What the cookie's token holds, if it holds this journey; [`Failure::NotFound`] in every other case.
pub async fn hold(app: &Parts, journey: JourneyId, token: Option<&str>) -> Result<Hold, Failure> {
    let hash = token_hash(token.ok_or(Failure::NotFound)?.as_bytes());
    let session = app.store.read::<_, _, crate::fault::Fault>(async move |tx| Ok(tx.session(hash).await?)).await?;
    let now = app.clock.now();
    session
        .filter(|session| session.journey == journey && session.expires_at > now)
        .and_then(|session| verified(&session, hash, now))
        .ok_or(Failure::NotFound)
}

fn verified(session: &Session, token_hash: [u8; 32], now: jiff::Timestamp) -> Option<Hold> {
    let reach = match session.replaced_at {
        None => Reach::Whole,
        Some(at) if now.duration_since(at) <= OVERLAP => Reach::Last,
        Some(_) => return None,
    };
    let lang = Lang::of_tag(&session.locale).unwrap_or(Lang::En);
    Some(Hold { tenant: session.tenant, journey: session.journey, token_hash, lang, reach })
}
