//! Carries out what a step asks for, in the same transaction: writes a password kept here, enqueues the rest.

use super::chance::Chance;
use super::letters;
use super::letters::Addressed;
use super::record::Scene;
use super::subject;
use crate::app::Parts;
use crate::fault::Fault;
use crate::messages;
use crate::messages::Letterhead;
use crate::outbox;
use crate::outbox::Outgoing;
use crate::pages::DoneAim;
use crate::text::Lang;
use crate::text::Text;
use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::code::SsprCode;
use readmit_core::decision::Facts;
use readmit_core::ids::OrderId;
use readmit_core::journey::Delivery;
use readmit_core::journey::Effect;
use readmit_core::journey::Notice;
use readmit_core::journey::Outcome;
use readmit_core::journey::State;
use readmit_core::order::Receipt;
use readmit_core::order::WriteOrder;
use readmit_core::registration::Family;
use readmit_core::text::EmailAddress;
use readmit_core::throttle::Limits;
use readmit_store::JourneyRow;
use readmit_store::Seal;
use readmit_store::Tx;

/// Notices are worth sending for this long.
const NOTICE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// A message that carries a code.
const CODE: &str = "code";
/// A message that looks like one in the tables, and is dropped.
const DECOY: &str = "decoy";
/// Requests for help to the administrators of one organization, an hour.
const CONTACTS_OF_TENANT: i64 = 20;
/// Most people that one notice goes to.
const MOST_ADMINISTRATORS: usize = 100;

/// Everything that carrying out needs, of one request.
pub(super) struct Hands<'a> {
    pub(super) app: &'a Parts,
    pub(super) scene: &'a Scene,
    pub(super) facts: &'a Facts,
    /// The journey before the step.
    pub(super) row: &'a JourneyRow,
    pub(super) lang: Lang,
    pub(super) chance: &'a mut Chance,
}

impl Hands<'_> {
    /// Carries out. A write to the built-in directory is done here and now, and its receipt returned.
    pub(super) async fn carry_out(
        &mut self,
        tx: &mut Tx,
        effects: Vec<Effect>,
    ) -> Result<Option<(OrderId, Receipt)>, Fault> {
        let mut receipt = None;
        for effect in effects {
            match effect {
                Effect::Send(delivery) | Effect::Call(delivery) => self.send_code(tx, CODE, &delivery).await?,
                Effect::Pretend(delivery) => self.send_code(tx, DECOY, &delivery).await?,
                Effect::ConsumeStep { registration, step } if !self.row.decoy => {
                    tx.consume_step(self.scene.tenant, self.facts.account.id, registration, step).await?;
                }
                Effect::Write(order) if !self.row.decoy => receipt = self.write(tx, order).await?,
                Effect::NotifyUser(notice) if !self.row.decoy => self.notify_user(tx, notice).await?,
                Effect::NotifyAdmins if !self.row.decoy => self.notify_administrators(tx).await?,
                Effect::AskHelpdesk if !self.row.decoy => self.ask_helpdesk(tx).await?,
                Effect::ConsumeStep { .. }
                | Effect::Write(_)
                | Effect::Reconcile(_)
                | Effect::NotifyUser(_)
                | Effect::NotifyAdmins
                | Effect::AskHelpdesk => {}
            }
        }
        Ok(receipt)
    }

    fn head(&self) -> Letterhead {
        letters::letterhead(self.facts, self.lang, self.scene.journey, self.scene.now)
    }

    /// Kills older codes, notes the send and enqueues the message; for a decoy a row that the worker drops.
    async fn send_code(&mut self, tx: &mut Tx, kind: &'static str, delivery: &Delivery) -> Result<(), Fault> {
        let (tenant, now) = (self.scene.tenant, self.scene.now);
        tx.expire_codes(tenant, self.scene.journey, now).await?;
        let Some(to) = self.facts.registration(delivery.registration) else {
            return Ok(());
        };
        if let Some(destination) = subject::destination(&self.app.keys, self.facts, to, &self.row.subject) {
            let id = self.chance.id(now);
            tx.insert_send(tenant, id, destination, now).await?;
        }
        let Some(addressed) = letters::code(&self.head(), to, delivery)? else {
            return Ok(());
        };
        self.enqueue(tx, kind, addressed, delivery.expires_at).await
    }

    async fn enqueue(
        &mut self,
        tx: &mut Tx,
        kind: &'static str,
        addressed: Addressed,
        expires_at: Timestamp,
    ) -> Result<(), Fault> {
        let kind = if self.row.decoy { DECOY } else { kind };
        let outgoing = Outgoing {
            id: self.chance.id(self.scene.now),
            journey: Some(self.scene.journey),
            kind,
            channel: addressed.channel,
            masked: addressed.masked,
            letter: (kind != DECOY).then_some(addressed.letter),
            expires_at,
            now: self.scene.now,
            nonce: self.chance.nonce(),
        };
        outbox::enqueue(tx, self.app, self.scene.tenant, outgoing).await
    }

    async fn enqueue_all(&mut self, tx: &mut Tx, kind: &'static str, all: Vec<Addressed>) -> Result<(), Fault> {
        let until = self.scene.now.saturating_add(NOTICE_LIFE).unwrap_or(Timestamp::MAX);
        for addressed in all {
            self.enqueue(tx, kind, addressed, until).await?;
        }
        Ok(())
    }

    async fn write(&mut self, tx: &mut Tx, order: WriteOrder) -> Result<Option<(OrderId, Receipt)>, Fault> {
        let (tenant, now, id) = (self.scene.tenant, self.scene.now, order.id);
        match self.facts.account.authority {
            Authority::Cloud => {
                let seal = Seal { keys: self.app.keys.clone(), nonce: self.chance.nonce() };
                tx.write_password(tenant, order, &seal, now).await?;
                Ok(Some((id, Receipt::Applied)))
            }
            Authority::OnPremises => {
                tx.insert_order(tenant, self.scene.journey, order, now).await?;
                Ok(None)
            }
        }
    }

    async fn notify_user(&mut self, tx: &mut Tx, notice: Notice) -> Result<(), Fault> {
        let head = self.head();
        let user = self.facts.account.upn.to_string();
        let addresses = letters::addresses_on_file(self.facts);
        let all = match notice {
            Notice::PasswordReset | Notice::Unlocked if !self.facts.values().notify_users => {
                return Ok(());
            }
            Notice::PasswordReset => {
                letters::to_each(&head, &addresses, || messages::done_notice(&head, &user, DoneAim::Reset))?
            }
            Notice::Unlocked => {
                letters::to_each(&head, &addresses, || messages::done_notice(&head, &user, DoneAim::Unlock))?
            }
            Notice::NotApplied => {
                let code = SsprCode::OnPremisesConnectivityError;
                letters::to_each(&head, &addresses, || messages::why_notice(&head, &user, code))?
            }
            Notice::Blocked(family) => {
                let until = self.blocked_until(family);
                letters::to_each(&head, &addresses, || messages::block_notice(&head, &user, family, until))?
            }
        };
        self.enqueue_all(tx, "notice", all).await
    }

    /// To the owner of an account whose visitor was told nothing.
    pub(super) async fn tell_why(&mut self, tx: &mut Tx, code: SsprCode) -> Result<(), Fault> {
        let (head, user) = (self.head(), self.facts.account.upn.to_string());
        let addresses = letters::addresses_on_file(self.facts);
        let all = letters::to_each(&head, &addresses, || messages::why_notice(&head, &user, code))?;
        self.enqueue_all(tx, "notice", all).await
    }

    fn blocked_until(&self, family: Family) -> Timestamp {
        let mut attempts = self.facts.attempts.clone();
        attempts.0.push((family, self.scene.now));
        let block = attempts.block(family, Limits::of(&self.facts.values()), self.scene.now);
        block.map_or(self.scene.now, |block| block.until)
    }

    /// After an administrator's reset: every other Global Administrator.
    async fn notify_administrators(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        if !self.facts.account.is_administrator() || !self.facts.values().notify_admins {
            return Ok(());
        }
        let most = MOST_ADMINISTRATORS + 1;
        let holders = tx.accounts_with_role(self.scene.tenant, Role::GlobalAdministrator, most).await?;
        let others = holders.iter().filter(|account| account.id != self.facts.account.id);
        let mailboxes: Vec<EmailAddress> = others.filter_map(letters::mailbox_of).take(MOST_ADMINISTRATORS).collect();
        let (head, user) = (self.head(), self.facts.account.upn.to_string());
        let all = letters::to_each(&head, &mailboxes, || messages::administrator_notice(&head, &user))?;
        self.enqueue_all(tx, "notice", all).await
    }

    /// At most once an hour for an account and 20 an hour for an organization; the page is the same for all.
    async fn ask_helpdesk(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let (tenant, now) = (self.scene.tenant, self.scene.now);
        let (account_key, tenant_key) = (format!("account:{tenant}:{}", self.row.subject), format!("tenant:{tenant}"));
        if tx.source_marks(&account_key, "contact", now).await? > 0
            || tx.source_marks(&tenant_key, "contact", now).await? >= CONTACTS_OF_TENANT
        {
            return Ok(());
        }
        let mark = self.chance.id(now).to_string();
        tx.mark_source(&account_key, "contact", &mark, now).await?;
        tx.mark_source(&tenant_key, "contact", &mark, now).await?;
        let recipients = self.helpdesk_recipients(tx).await?;
        let (head, user) = (self.head(), self.facts.account.upn.to_string());
        let (page, code) = page_and_code(&self.row.journey.state);
        let all = letters::to_each(&head, &recipients, || messages::contact_mail(&head, &user, page, code))?;
        self.enqueue_all(tx, "contact", all).await
    }

    /// The custom address where one is set; else the first tier of roles that somebody holds.
    async fn helpdesk_recipients(&self, tx: &mut Tx) -> Result<Vec<EmailAddress>, Fault> {
        const TIERS: [&[Role]; 3] = [
            &[Role::HelpdeskAdministrator, Role::PasswordAdministrator],
            &[Role::UserAdministrator],
            &[Role::GlobalAdministrator],
        ];
        let link = self.facts.values().helpdesk_link.clone();
        if !link.is_empty() {
            return Ok(EmailAddress::parse(&link).into_iter().collect());
        }
        for tier in TIERS {
            let mut found: Vec<EmailAddress> = Vec::new();
            for role in tier {
                let holders = tx.accounts_with_role(self.scene.tenant, *role, MOST_ADMINISTRATORS + 1).await?;
                let others = holders.iter().filter(|account| account.id != self.facts.account.id);
                for mailbox in others.filter_map(letters::mailbox_of) {
                    if found.iter().all(|known| !known.same_destination(&mailbox)) {
                        found.push(mailbox);
                    }
                }
            }
            if !found.is_empty() {
                found.truncate(MOST_ADMINISTRATORS);
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }
}

/// Which page somebody asked for help from, and the code that it showed.
fn page_and_code(state: &State) -> (Text, Option<SsprCode>) {
    match state {
        State::Choosing { .. } => (Text::PageChoose, None),
        State::Challenged { .. } => (Text::PageChallenge, None),
        State::Proven { .. } => (Text::PagePassword, None),
        State::Writing { .. } => (Text::PageWriting, None),
        State::Unconfirmed { .. } => (Text::PageUnconfirmed, None),
        State::Closed(Outcome::Refused(code)) => (Text::PageRefused, Some(*code)),
        State::Closed(Outcome::Throttled { .. }) => (Text::PageThrottled, Some(SsprCode::Throttled)),
        State::Closed(Outcome::NotVerified) => (Text::PageCouldNotVerify, None),
        State::Closed(Outcome::Lapsed) => (Text::PageLapsed, Some(SsprCode::Lapsed)),
        State::Closed(Outcome::Cancelled) => (Text::PageCancelled, None),
        State::Closed(Outcome::Reset | Outcome::Unlocked | Outcome::NotApplied) => (Text::PageDone, None),
    }
}
