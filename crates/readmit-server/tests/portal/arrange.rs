//! What happens around a journey: what administrators change, and what is on record afterwards.

use readmit_core::account::Account;
use readmit_core::account::Tenant;
use readmit_core::ids::GroupId;
use readmit_core::ids::RegistrationId;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_core::registration::Registration;
use readmit_core::secret::SecurityAnswer;
use readmit_core::text::Domain;
use readmit_store::AuditFilter;
use readmit_store::AuditScope;
use readmit_store::Member;
use readmit_store::Reach;
use zeroize::Zeroizing;

use crate::stage::Stage;

impl Stage {
    /// An organization that enforces licences.
    pub(crate) async fn licensed_tenant(&self, id: u128, domain: &str) -> readmit_core::ids::TenantId {
        let id = readmit_core::ids::TenantId::from_bits(id);
        let plan = TenantPlan::Licensed(Plan::P1);
        let tenant = Tenant { id, name: "Oakham Ltd".to_owned(), plan, time_zone: "UTC".to_owned() };
        let (domain, now) = (Domain::parse(domain).unwrap(), self.app.clock.now());
        self.app.store.write(async move |tx| tx.create_tenant(&tenant, &[domain], now).await).await.unwrap();
        id
    }

    /// The account after this change.
    pub(crate) async fn changes(&self, account: &Account, change: impl FnOnce(&mut Account)) {
        let (tenant, id) = (self.tenant, account.id);
        let seen = self.app.store.read(async move |tx| tx.account(tenant, id).await).await.unwrap().unwrap();
        let mut next = seen.account.clone();
        change(&mut next);
        self.app.store.write(async move |tx| tx.update_account(tenant, &seen, &next).await).await.unwrap();
    }

    pub(crate) async fn deletes(&self, account: &Account) {
        let (tenant, id) = (self.tenant, account.id);
        assert!(self.app.store.write(async move |tx| tx.delete_account(tenant, id).await).await.unwrap());
    }

    pub(crate) async fn removes(&self, account: &Account, method: Method) {
        let (tenant, id) = (self.tenant, account.id);
        let unit = async move |tx: &mut readmit_store::Tx| tx.remove_registration(tenant, id, method).await;
        assert!(self.app.store.write(unit).await.unwrap());
    }

    pub(crate) async fn joins(&self, group: GroupId, member: Member) {
        let tenant = self.tenant;
        assert!(self.app.store.write(async move |tx| tx.add_member(tenant, group, member).await).await.unwrap());
    }

    pub(crate) async fn leaves(&self, group: GroupId, member: Member) {
        let tenant = self.tenant;
        assert!(self.app.store.write(async move |tx| tx.remove_member(tenant, group, member).await).await.unwrap());
    }

    /// What an administrator does with `user unblock`.
    pub(crate) async fn unblocks(&self, account: &Account, family: Family) {
        let (tenant, subject) = (self.tenant, account.id.to_string());
        let unit = async move |tx: &mut readmit_store::Tx| tx.clear_attempts(tenant, &subject, Some(family)).await;
        assert!(self.app.store.write(unit).await.unwrap() > 0);
    }

    /// Wrong answers of a registration's past.
    pub(crate) async fn wears_out(&self, account: &Account, registration: RegistrationId, failures: u32) {
        let (tenant, id) = (self.tenant, account.id);
        for _ in 0..failures {
            let unit = async move |tx: &mut readmit_store::Tx| tx.count_failure(tenant, id, registration).await;
            self.app.store.write(unit).await.unwrap();
        }
    }

    /// How many attempts of the account are counted.
    pub(crate) async fn attempts(&self, account: &Account) -> usize {
        let (tenant, subject, now) = (self.tenant, account.id.to_string(), self.app.clock.now());
        let unit = async move |tx: &mut readmit_store::Tx| tx.attempts(tenant, &subject, None, now).await;
        self.app.store.read(unit).await.unwrap().0.len()
    }

    pub(crate) async fn registrations(&self, account: &Account) -> Vec<Registration> {
        let (tenant, account) = (self.tenant, account.clone());
        let rows = self.app.store.read(async move |tx| tx.registrations(tenant, &account).await).await.unwrap();
        rows.into_iter().map(|row| row.registration).collect()
    }

    /// Security questions with the answer `answer to <number>` each.
    pub(crate) async fn registers_questions(&self, account: &Account, numbers: &[u32]) -> RegistrationId {
        let mut answers = Vec::new();
        for number in numbers {
            let answer = SecurityAnswer::parse(&right_answer(*number)).unwrap();
            let phc = self.app.hasher.hash_answer(&answer, [5; 16]).await.unwrap();
            answers.push((*number, Zeroizing::new(phc.phc().to_owned())));
        }
        self.registers(account, Method::Questions, Reach::Answers(answers)).await
    }

    /// Everything in the audit, oldest first, as `activity result reason`.
    pub(crate) async fn audit(&self) -> Vec<String> {
        self.audited(None).await
    }

    /// What the audit says under a support code.
    pub(crate) async fn audit_of(&self, support_code: &str) -> Vec<String> {
        self.audited(Some(support_code)).await
    }

    async fn audited(&self, support_code: Option<&str>) -> Vec<String> {
        let mut filter = AuditFilter::new(AuditScope::All);
        filter.support_code = support_code.map(|code| code.parse().unwrap());
        let page = self.app.store.read(async move |tx| tx.audit_items(&filter, None, 10_000).await).await.unwrap();
        let mut lines: Vec<_> = page
            .items
            .into_iter()
            .map(|item| (item.seq, format!("{} {} {}", item.activity, item.result, item.reason.unwrap_or_default())))
            .collect();
        lines.sort();
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// How often the audit gives this reason.
    pub(crate) async fn count(&self, reason: &str) -> usize {
        self.audit().await.iter().filter(|line| line.ends_with(&format!(" {reason}"))).count()
    }

    /// All bytes that the database has on disk.
    pub(crate) fn database_bytes(&self) -> Vec<u8> {
        let folder = self.folder.as_ref().unwrap().path();
        let files = std::fs::read_dir(folder).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

pub(crate) fn right_answer(number: u32) -> String {
    format!("answer to {number}")
}
