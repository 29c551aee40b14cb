//! Everything that the demo's people need, in one transaction.

use jiff::SignedDuration;
use jiff::Timestamp;
use readmit_core::account::Account;
use readmit_core::account::Authority;
use readmit_core::account::Role;
use readmit_core::account::SignInModel;
use readmit_core::account::Tenant;
use readmit_core::account::UserType;
use readmit_core::activity::ActivityName;
use readmit_core::activity::ActivityResult;
use readmit_core::ids::AccountId;
use readmit_core::ids::GroupId;
use readmit_core::ids::JourneyId;
use readmit_core::ids::MessageId;
use readmit_core::ids::PolicyVersion;
use readmit_core::ids::RegistrationId;
use readmit_core::ids::TenantId;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::order::PasswordHash;
use readmit_core::policy::Enabled;
use readmit_core::preset::Preset;
use readmit_core::registration::Family;
use readmit_core::registration::Method;
use readmit_core::secret::NewPassword;
use readmit_core::secret::SecurityAnswer;
use readmit_core::text::Domain;
use readmit_core::text::Upn;
use readmit_server::entropy::Entropy;
use readmit_server::hashing::Hasher;
use readmit_store::Actor;
use readmit_store::AdministratorOrder;
use readmit_store::Attempt;
use readmit_store::AuditRecord;
use readmit_store::Keys;
use readmit_store::Member;
use readmit_store::NewRegistration;
use readmit_store::PolicyRow;
use readmit_store::Reach;
use readmit_store::Seal;
use readmit_store::Tx;
use readmit_store::Writer;
use zeroize::Zeroizing;

use super::super::failure::Failure;
use super::people::Apart;
use super::people::Means;
use super::people::ORGANIZATIONS;
use super::people::Organization;
use super::people::PASSWORD;
use super::people::PEOPLE;
use super::people::Person;
use super::people::Rule;

/// Counted attempts that close an account.
const ATTEMPTS: u64 = 5;

/// The work that takes time, done once for everybody.
#[derive(Clone)]
pub(super) struct Hashes {
    password: PasswordHash,
    answers: Vec<(u32, Zeroizing<String>)>,
}

impl Hashes {
    /// One hash for all passwords, one for each answer, on two processors.
    pub(super) async fn make(hasher: &Hasher, entropy: &Entropy) -> Result<Self, Failure> {
        let password = NewPassword::parse(PASSWORD).map_err(|problem| Failure::fault(problem.to_string()))?;
        let salt = entropy.bytes()?;
        let all: Vec<_> = PEOPLE.iter().flat_map(|person| person.means).flat_map(answers).collect();
        let (fewer, more) = all.split_at(all.len() / 2);
        let with_password = async { Ok((hasher.hash(&password, salt).await?, hashed(hasher, entropy, fewer).await?)) };
        let ((password, mut answers), others) = tokio::try_join!(with_password, hashed(hasher, entropy, more))?;
        answers.extend(others);
        Ok(Self { password, answers })
    }
}

async fn hashed(
    hasher: &Hasher,
    entropy: &Entropy,
    answers: &[&(u32, &str)],
) -> Result<Vec<(u32, Zeroizing<String>)>, Failure> {
    let mut hashed = Vec::new();
    for (number, answer) in answers {
        let answer = SecurityAnswer::parse(answer).map_err(|problem| Failure::fault(problem.to_string()))?;
        let hash = hasher.hash_answer(&answer, entropy.bytes()?).await?;
        hashed.push((*number, Zeroizing::new(hash.phc().to_owned())));
    }
    Ok(hashed)
}

fn answers(means: &'static Means) -> &'static [(u32, &'static str)] {
    match means {
        Means::Answers(answers) => answers,
        Means::Contact(..) | Means::App(_) => &[],
    }
}

/// What the transaction works with.
#[derive(Clone)]
pub(super) struct Seeding {
    pub(super) keys: Keys,
    pub(super) entropy: Entropy,
    pub(super) writer: Writer,
    pub(super) now: Timestamp,
    pub(super) hashes: Hashes,
}

/// An organization with the groups that matter.
struct Placed {
    tenant: TenantId,
    groups: Option<Groups>,
}

struct Groups {
    enabled: GroupId,
    nested: GroupId,
    licensed: GroupId,
}

impl Seeding {
    /// Makes all organizations and all people.
    pub(super) async fn sow(self, tx: &mut Tx) -> Result<(), Failure> {
        for (index, organization) in ORGANIZATIONS.iter().enumerate() {
            let placed = self.organization(tx, organization).await?;
            for person in PEOPLE.iter().filter(|person| person.organization == index) {
                self.person(tx, &placed, person).await?;
            }
        }
        Ok(())
    }

    async fn organization(&self, tx: &mut Tx, organization: &Organization) -> Result<Placed, Failure> {
        let tenant = TenantId::new(self.now, self.entropy.bytes()?);
        let plan = match organization.rule {
            Rule::Selected => TenantPlan::Licensed(Plan::P1),
            Rule::Nobody | Rule::Undecided | Rule::CloudOnly => TenantPlan::Unlimited,
        };
        let row =
            Tenant { id: tenant, name: organization.name.to_owned(), plan, time_zone: "Europe/London".to_owned() };
        let domain = Domain::parse(organization.domain).map_err(|problem| Failure::fault(problem.to_string()))?;
        tx.create_tenant(&row, &[domain], self.now).await?;
        let groups = match organization.rule {
            Rule::Selected => Some(self.groups(tx, tenant).await?),
            Rule::Nobody | Rule::Undecided | Rule::CloudOnly => None,
        };
        self.policy(tx, tenant, organization.rule, groups.as_ref()).await?;
        self.record(tx, tenant, ActivityName::ChangeTenant, None).await?;
        Ok(Placed { tenant, groups })
    }

    async fn groups(&self, tx: &mut Tx, tenant: TenantId) -> Result<Groups, Failure> {
        let id = || Ok::<_, Failure>(GroupId::new(self.now, self.entropy.bytes()?));
        let groups = Groups { enabled: id()?, nested: id()?, licensed: id()? };
        for (id, name) in
            [(groups.enabled, "Password reset"), (groups.nested, "Night shift"), (groups.licensed, "Licensed staff")]
        {
            tx.create_group(tenant, id, name, self.now).await?;
        }
        tx.add_member(tenant, groups.enabled, Member::Group(groups.nested)).await?;
        tx.assign_licence(tenant, Member::Group(groups.licensed), Plan::P1, self.now).await?;
        Ok(groups)
    }

    async fn policy(&self, tx: &mut Tx, tenant: TenantId, rule: Rule, groups: Option<&Groups>) -> Result<(), Failure> {
        let mut values = Preset::Recommended.values();
        // Everybody who tries the demo comes from one address.
        values.disclosure_budget = 1_000;
        match rule {
            Rule::Undecided => return Ok(()),
            Rule::Nobody => values.enabled = Enabled::None,
            Rule::CloudOnly => {}
            Rule::Selected => {
                values.enabled = Enabled::Selected;
                values.include_groups = groups.map(|groups| groups.enabled).into_iter().collect();
                values.methods = Method::ALL.to_vec();
                values.writeback = true;
            }
        }
        let content = Some((Preset::Recommended, values));
        let row = PolicyRow { version: PolicyVersion(0), content, saved_at: self.now, saved_by: "demo".to_owned() };
        tx.save_policy(tenant, &row).await?;
        Ok(())
    }

    async fn person(&self, tx: &mut Tx, placed: &Placed, person: &Person) -> Result<(), Failure> {
        let tenant = placed.tenant;
        let account = self.account(person)?;
        tx.create_account(tenant, &account, self.now).await?;
        if account.authority == Authority::Cloud {
            let order = AdministratorOrder::by_command_line(account.id, self.hashes.password.clone());
            tx.write_password(tenant, order, &self.seal()?, self.now).await?;
        }
        for means in person.means {
            let id = RegistrationId::from_bits(u128::from_be_bytes(self.entropy.bytes()?));
            let reach = match means {
                Means::Contact(_, text) => Reach::Contact((*text).to_owned()),
                Means::App(seed) => Reach::Seed(Zeroizing::new((*seed).to_owned())),
                Means::Answers(_) => Reach::Answers(self.hashes.answers.clone()),
            };
            let new = NewRegistration { id, method: means.method(), reach, at: self.now };
            tx.add_registration(tenant, account.id, &new, &self.seal()?).await?;
        }
        if let Some(groups) = &placed.groups {
            let scope = match person.apart {
                Apart::OutOfScope => None,
                Apart::Nested => Some(groups.nested),
                _ => Some(groups.enabled),
            };
            let licensed = (person.apart != Apart::Unlicensed).then_some(groups.licensed);
            for group in [scope, licensed].into_iter().flatten() {
                tx.add_member(tenant, group, Member::Account(account.id)).await?;
            }
        }
        if person.apart == Apart::Throttled {
            self.throttle(tx, tenant, account.id).await?;
        }
        self.record(tx, tenant, ActivityName::AddUser, Some(&account)).await
    }

    fn account(&self, person: &Person) -> Result<Account, Failure> {
        let upn = Upn::parse(&person.upn()).map_err(|problem| Failure::fault(problem.to_string()))?;
        let is_synchronized = person.apart == Apart::OnPremises;
        Ok(Account {
            id: AccountId::new(self.now, self.entropy.bytes()?),
            mail: Some(upn.as_str().to_owned()),
            upn,
            display_name: format!("{} {}", person.first, person.last),
            first_name: person.first.to_owned(),
            last_name: person.last.to_owned(),
            proxy_addresses: Vec::new(),
            mobile_phone: match person.apart {
                Apart::Mobile(number) => Some(number.to_owned()),
                _ => None,
            },
            business_phones: Vec::new(),
            other_mails: Vec::new(),
            authority: if is_synchronized { Authority::OnPremises } else { Authority::Cloud },
            sign_in_model: if is_synchronized { SignInModel::PasswordHashSync } else { SignInModel::CloudOnly },
            user_type: UserType::Member,
            roles: if person.apart == Apart::Administrator { vec![Role::GlobalAdministrator] } else { Vec::new() },
            enabled: person.apart != Apart::Disabled,
            locale: None,
        })
    }

    /// As many attempts in the last minutes as close the account until tomorrow.
    async fn throttle(&self, tx: &mut Tx, tenant: TenantId, account: AccountId) -> Result<(), Failure> {
        for minute in 0..ATTEMPTS {
            let ago = SignedDuration::from_mins(i64::try_from(minute).unwrap_or_default());
            let attempt = Attempt {
                tenant,
                id: MessageId::new(self.now, self.entropy.bytes()?),
                subject: account.to_string(),
                family: Family::Account,
                journey: JourneyId::from_random(self.entropy.u64()?),
                at: self.now.saturating_sub(ago).unwrap_or(self.now),
            };
            tx.insert_attempt(&attempt).await?;
        }
        Ok(())
    }

    async fn record(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        activity: ActivityName,
        account: Option<&Account>,
    ) -> Result<(), Failure> {
        let record = AuditRecord::new(self.now, activity, ActivityResult::Success, Actor::system());
        let record = AuditRecord { tenant: Some(tenant), reason: Some("demo".to_owned()), ..record };
        let record = match account {
            Some(account) => record.about(account.id, Some(account.upn.as_str().to_owned())),
            None => record,
        };
        tx.append_audit(&self.writer, &record, self.entropy.bytes()?).await?;
        Ok(())
    }

    fn seal(&self) -> Result<Seal, Failure> {
        Ok(Seal { keys: self.keys.clone(), nonce: self.entropy.bytes()? })
    }
}
