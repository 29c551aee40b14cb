//! The start of a journey: who asks is looked up, judged and given a hold, all in one transaction.

use super::advance::SESSION_REST;
use super::chance::Chance;
use super::effects::Hands;
use super::failure::Failure;
use super::failure::FieldIssue;
use super::hold::Hold;
use super::hold::Reach;
use super::hold::Token;
use super::record;
use super::record::Scene;
use super::subject;
use crate::app::App;
use crate::fault::Fault;
use crate::http::client_address::ClientAddress;
use crate::text::Lang;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::decision::Facts;
use readmit_core::ids::JourneyId;
use readmit_core::ids::TenantId;
use readmit_core::journey;
use readmit_core::journey::Asked;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::journey::Step;
use readmit_core::journey::Subject;
use readmit_core::order::Aim;
use readmit_core::policy::AccountCounts;
use readmit_core::policy::Disclosure;
use readmit_core::registration::Family;
use readmit_core::text::Identifier;
use readmit_store::Attempt;
use readmit_store::FoundBy;
use readmit_store::JourneyRow;
use readmit_store::Purpose;
use readmit_store::Session;
use readmit_store::Tx;

/// Longest user ID that is looked at, in bytes.
const LONGEST_USER_ID: usize = 320;

/// How a visitor showed that they are no program.
#[derive(Clone, Copy, Debug)]
pub struct HumanProof {
    /// Names the check, which serves once.
    pub id: [u8; 32],
    /// After this it would not have served.
    pub expires_at: Timestamp,
    /// Which check.
    pub kind: HumanKind,
}

/// The two checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HumanKind {
    /// Proof of work in the browser.
    Work,
    /// The wait that works without script.
    Wait,
}

/// What a visitor asks for.
#[derive(Clone)]
pub struct Start {
    /// As typed.
    pub user_id: Identifier,
    /// What for.
    pub aim: Aim,
    /// The human check that was passed.
    pub human: HumanProof,
    /// Who asks.
    pub client: ClientAddress,
    /// Language of the pages.
    pub lang: Lang,
}

/// A journey that was begun, possibly closed at once.
pub struct Begun {
    /// The visitor's hold on it.
    pub hold: Hold,
    /// For the cookie.
    pub token: Token,
}

/// Reads a user ID; what cannot be one is mended by the person.
pub fn user_id(typed: &str) -> Result<Identifier, Failure> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Failure::Field("user_id", FieldIssue::Empty));
    }
    if typed.len() > LONGEST_USER_ID {
        return Err(Failure::Field("user_id", FieldIssue::TooLong));
    }
    Identifier::parse(typed).map_err(|_| Failure::Field("user_id", FieldIssue::Shape))
}

/// Begins a journey.
pub async fn begin(app: &App, start: Start) -> Result<Begun, Failure> {
    let opening = Opening {
        app: app.clone(),
        now: app.clock.now(),
        id: app.support_code()?,
        chance: Chance::draw(&app.entropy)?,
        token: Token::draw(&app.entropy)?,
        start,
    };
    let token = opening.token.clone();
    let opened = app.store.write(async move |tx| opening.clone().open(tx).await).await?;
    match opened {
        Opened::Begun(hold) => Ok(Begun { hold, token }),
        Opened::CheckUsed => Err(Failure::Field("human_check", FieldIssue::HumanCheck)),
        Opened::TooMany(again_at) => Err(Failure::SourceLimit(again_at)),
        Opened::NoTenant => Err(Failure::NotFound),
    }
}

enum Opened {
    Begun(Hold),
    CheckUsed,
    TooMany(Timestamp),
    NoTenant,
}

#[derive(Clone)]
struct Opening {
    app: App,
    start: Start,
    now: Timestamp,
    id: JourneyId,
    chance: Chance,
    token: Token,
}

/// Whether an end would tell that the account exists: a block would not, user IDs of nobody are blocked alike.
fn is_told_apart(state: &State) -> bool {
    matches!(state, State::Closed(outcome) if !matches!(outcome, Outcome::Throttled { .. }))
}

/// Who a user ID leads to.
struct Lookup {
    tenant: TenantId,
    /// The real facts, for the decision and the audit.
    real: Option<Facts>,
    /// The facts that the journey goes on with when it is a decoy's.
    decoy: Option<Facts>,
}

impl Opening {
    async fn open(mut self, tx: &mut Tx) -> Result<Opened, Fault> {
        let human = self.start.human;
        if !tx.use_human_check(human.id, human.expires_at).await? {
            return Ok(Opened::CheckUsed);
        }
        let source = self.source_key();
        if let Some(again_at) = self.over_limit(tx, &source).await? {
            return Ok(Opened::TooMany(again_at));
        }
        let Some(found) = self.look_up(tx).await? else {
            return Ok(Opened::NoTenant);
        };
        let discreet = self.discreet(tx, &found, &source).await?;
        let (step, row, facts) = self.decide(&found, discreet)?;
        tx.insert_journey(found.tenant, &row).await?;
        let hold = self.give_hold(tx, found.tenant, &step).await?;
        let scene =
            Scene { tenant: found.tenant, journey: self.id, source: self.start.client.log_prefix(), now: self.now };
        if let (Some(facts), false) = (&facts, matches!(step.next.state, State::Closed(_))) {
            self.count_begun(tx, facts, &row).await?;
        }
        if let (Some(real), true) = (&found.real, row.decoy) {
            self.tell_owner(tx, &scene, real, &row).await?;
        }
        let of = found.real.as_ref();
        record::append(tx, &self.app, &scene, &self.activity(&found, &step), (of, &row.subject), &mut self.chance)
            .await?;
        Ok(Opened::Begun(hold))
    }

    fn source_key(&self) -> String {
        let key = self.app.keys.mac(Purpose::Source, &[self.start.client.source_key().as_bytes()]);
        key.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Journeys of one source in an hour: few without a proof of work.
    async fn over_limit(&self, tx: &mut Tx, source: &str) -> Result<Option<Timestamp>, Fault> {
        let (kind, most) = match self.start.human.kind {
            HumanKind::Work => ("journey-work", self.app.source_limits.with_proof),
            HumanKind::Wait => ("journey-wait", self.app.source_limits.without_proof),
        };
        if tx.source_marks(source, kind, self.now).await? >= most {
            return Ok(self.now.checked_add(SignedDuration::from_mins(60)).ok());
        }
        tx.mark_source(source, kind, &self.id.to_string(), self.now).await?;
        Ok(None)
    }

    /// The domain selects the organization; an unknown domain is answered by the first one.
    async fn look_up(&self, tx: &mut Tx) -> Result<Option<Lookup>, Fault> {
        let name = &self.start.user_id;
        let domain = name.canonical().rsplit_once('@').map(|(_, domain)| domain.to_owned());
        let own = match domain {
            Some(domain) => tx.tenant_of_domain(&domain).await?,
            None => None,
        };
        let tenant = match own {
            Some(tenant) => tenant,
            None => match tx.first_tenant().await? {
                Some(tenant) => tenant,
                None => return Ok(None),
            },
        };
        let found = match own {
            Some(tenant) => tx.find_account(tenant, name).await?,
            None => None,
        };
        let decoy = subject::decoy_facts(tx, &self.app, tenant, name).await?;
        let real = match &found {
            Some(found) => tx.facts(&self.app.facts, tenant, found.row.account.id).await?,
            None => None,
        };
        let by_proxy = found.is_some_and(|found| found.by == FoundBy::Proxy);
        let real = real.filter(|facts| !by_proxy || facts.values().alternate_login);
        let real = match real {
            Some(facts) => {
                let subject = facts.account.id.to_string();
                Some(subject::with_counts(tx, &self.app.keys, facts, &subject, None, self.now).await?)
            }
            None => None,
        };
        let decoy = match decoy {
            Some(facts) => {
                let key = subject::nobody_key(&self.app, tenant, name);
                Some(subject::with_counts(tx, &self.app.keys, facts, &key, None, self.now).await?)
            }
            None => None,
        };
        Ok(Some(Lookup { tenant, real, decoy }))
    }

    /// Whether a refusal is hidden: by policy, or because this source met too many accounts that are refused or unknown.
    async fn discreet(&self, tx: &mut Tx, found: &Lookup, source: &str) -> Result<bool, Fault> {
        let able = found.real.as_ref().is_some_and(|facts| readmit_core::decision::decide(facts, self.now).able());
        let values = found.real.as_ref().or(found.decoy.as_ref()).map(|facts| facts.values().into_owned());
        let budget = values.map_or(10, |values| values.disclosure_budget);
        let kind = format!("refused:{}", found.tenant);
        let met = if able {
            tx.source_marks(source, &kind, self.now).await?
        } else {
            tx.mark_source(source, &kind, &subject::nobody_key(&self.app, found.tenant, &self.start.user_id), self.now)
                .await?
        };
        Ok(self.is_uniform(tx, found).await? || met > i64::from(budget))
    }

    async fn is_uniform(&self, tx: &mut Tx, found: &Lookup) -> Result<bool, Fault> {
        let Some(row) = tx.tenant(found.tenant).await? else {
            return Ok(false);
        };
        let policy = tx.cached_policy(&self.app.facts, &row).await?;
        Ok(policy.is_some_and(|policy| policy.values.disclosure == Disclosure::Uniform))
    }

    /// The journey itself: of the account, closed at once, or of nobody.
    fn decide(&mut self, found: &Lookup, discreet: bool) -> Result<(Step, JourneyRow, Option<Facts>), Fault> {
        let asked = |subject| Asked { id: self.id, subject, aim: self.start.aim };
        let nobody = subject::nobody_key(&self.app, found.tenant, &self.start.user_id);
        let open = found
            .real
            .as_ref()
            .map(|facts| (journey::begin(&asked(Subject::Account(facts.account.id)), facts, self.now), facts));
        let (step, subject, decoy, facts) = match (open, &found.decoy) {
            (Some((mut step, facts)), _) if !discreet || !is_told_apart(&step.next.state) => {
                if discreet {
                    step.next.head.disclosure = Disclosure::Uniform;
                }
                (step, facts.account.id.to_string(), false, Some(facts.clone()))
            }
            (_, Some(decoy)) if discreet => {
                (journey::begin(&asked(Subject::Decoy), decoy, self.now), nobody, true, Some(decoy.clone()))
            }
            _ => (journey::unknown(&asked(Subject::Decoy), self.now), nobody, true, None),
        };
        let place = subject::user_id_place(found.tenant, self.id);
        let user_id = self.app.keys.seal(&place, self.chance.nonce(), self.start.user_id.typed().as_bytes())?;
        let journey = step.next.clone();
        let row = JourneyRow { journey, version: 1, subject, decoy, user_id, step_digest: None, issue: None };
        Ok((step, row, facts))
    }

    /// The audit tells the administrator what a decoy's visitor was not told.
    fn activity(&self, found: &Lookup, step: &Step) -> Vec<readmit_core::activity::Activity> {
        let hidden = found.real.as_ref().filter(|_| step.next.head.subject == Subject::Decoy).map(|facts| {
            let asked = Asked { id: self.id, subject: Subject::Account(facts.account.id), aim: self.start.aim };
            journey::begin(&asked, facts, self.now).activity
        });
        hidden.unwrap_or_else(|| step.activity.clone())
    }

    async fn give_hold(&self, tx: &mut Tx, tenant: TenantId, step: &Step) -> Result<Hold, Fault> {
        let head = &step.next.head;
        let ends = head.deadline.max(self.now).saturating_add(SESSION_REST).unwrap_or(Timestamp::MAX);
        let locale = self.start.lang.tag().to_owned();
        let session = Session { tenant, journey: self.id, locale, replaced_at: None, expires_at: ends };
        tx.insert_session(self.token.hash, &session, self.now).await?;
        let (token_hash, lang) = (self.token.hash, self.start.lang);
        Ok(Hold { tenant, journey: self.id, token_hash, lang, reach: Reach::Whole })
    }

    /// Where the policy counts every journey begun.
    async fn count_begun(&mut self, tx: &mut Tx, facts: &Facts, row: &JourneyRow) -> Result<(), Fault> {
        if facts.values().account_counts != AccountCounts::Begun {
            return Ok(());
        }
        let (tenant, subject, journey, at) = (facts.tenant.id, row.subject.clone(), self.id, self.now);
        tx.lock_subject(tenant, &subject).await?;
        let id = self.chance.id(self.now);
        Ok(tx.insert_attempt(&Attempt { tenant, id, subject, family: Family::Account, journey, at }).await?)
    }

    /// A decoy's visitor is told nothing; the owner of a refused account reads why, at the account's own addresses.
    async fn tell_owner(&mut self, tx: &mut Tx, scene: &Scene, real: &Facts, row: &JourneyRow) -> Result<(), Fault> {
        let asked = Asked { id: self.id, subject: Subject::Account(real.account.id), aim: self.start.aim };
        let State::Closed(Outcome::Refused(code)) = journey::begin(&asked, real, self.now).next.state else {
            return Ok(());
        };
        let key = format!("why:{}:{}", scene.tenant, real.account.id);
        if tx.source_marks(&key, "why", self.now).await? > 0 {
            return Ok(());
        }
        tx.mark_source(&key, "why", &self.id.to_string(), self.now).await?;
        let real_row = JourneyRow {
            journey: row.journey.clone(),
            version: 1,
            subject: row.subject.clone(),
            decoy: false,
            user_id: Vec::new(),
            step_digest: None,
            issue: None,
        };
        let (app, lang) = (self.app.clone(), self.start.lang);
        let mut hands = Hands { app: &app, scene, facts: real, row: &real_row, lang, chance: &mut self.chance };
        hands.tell_why(tx, code).await
    }
}
