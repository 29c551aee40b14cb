//! `readmit user method`.

use clap::Subcommand;
use readmit_core::activity::ActivityName;
use readmit_core::registration::Contact;
use readmit_core::registration::Method as Kind;
use readmit_core::registration::Source;
use readmit_core::secret::SecurityAnswer;
use readmit_core::text::EmailAddress;
use readmit_core::text::PhoneNumber;
use readmit_store::NewRegistration;
use readmit_store::Reach;
use readmit_store::RegistrationRow;
use readmit_store::Tx;
use serde_json::Value as Json;
use serde_json::json;
use zeroize::Zeroizing;

use super::context::Context;
use super::failure::Failure;
use super::fields;
use super::output;
use super::output::cell;

/// Fewest symbols of a Base32 seed: 80 bits, what authenticator apps are given at least.
const SHORTEST_SEED: usize = 16;
/// Most symbols of a seed.
const LONGEST_SEED: usize = 256;
/// Predefined questions have the numbers 1 to 35.
const LAST_QUESTION: u32 = 35;

#[derive(Subcommand)]
pub(super) enum Method {
    /// List what an account can prove with.
    List {
        /// The account's user ID.
        upn: String,
    },
    /// Register a method; it wins over a contact of the directory.
    Add {
        /// The account's user ID.
        upn: String,
        /// email, sms, voice_mobile, voice_office, app_code or questions.
        method: String,
        /// The address or number.
        #[arg(long, value_name = "V", conflicts_with = "secret_stdin")]
        value: Option<String>,
        /// Read the secret from standard input: the app's seed in Base32, or lines of `NUMBER=ANSWER`.
        #[arg(long)]
        secret_stdin: bool,
    },
    /// Forget a registered method.
    Remove {
        /// The account's user ID.
        upn: String,
        /// email, sms, voice_mobile, voice_office, app_code or questions.
        method: String,
    },
}

impl Method {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List { upn } => list(context, &upn).await,
            Self::Add { upn, method, value, secret_stdin } => {
                let method = kind(&method)?;
                let (tenant, row) = context.account(&upn).await?;
                let reach = if secret_stdin { secret(context, method).await? } else { contact(method, value)? };
                let mut entry = context.entry(tenant.tenant.id, ActivityName::AdminRegisteredSecurityInfo)?;
                entry.record = entry.record.about(row.account.id, Some(row.account.upn.to_string()));
                entry.record.method = Some(method);
                if let Reach::Contact(text) = &reach {
                    entry.record.new = Some(json!({ "contact": fields::mask(text) }));
                }
                let new = NewRegistration { id: context.registration_id()?, method, reach, at: context.now() };
                let (tenant, account, seal) = (tenant.tenant.id, row.account.id, context.seal()?);
                context
                    .store
                    .write(async move |tx: &mut Tx| {
                        tx.add_registration(tenant, account, &new, &seal).await?;
                        Ok::<_, Failure>(entry.append(tx).await?)
                    })
                    .await?;
                context.checkpoint().await?;
                list(context, &upn).await
            }
            Self::Remove { upn, method } => remove(context, &upn, kind(&method)?).await,
        }
    }
}

fn kind(name: &str) -> Result<Kind, Failure> {
    Kind::parse(name).ok_or_else(|| {
        Failure::invalid("method", format_args!("must be one of {}", Kind::ALL.map(Kind::name).join(", ")))
    })
}

/// A contact that can be used; a registration is made by hand, so it has no excuse to be malformed.
fn contact(method: Kind, value: Option<String>) -> Result<Reach, Failure> {
    let value = value.ok_or_else(|| Failure::invalid("value", "missing").hint("give --value or --secret-stdin"))?;
    match method {
        Kind::Email => {
            EmailAddress::parse(&value).map_err(|problem| Failure::invalid("value", problem))?;
        }
        Kind::Sms | Kind::VoiceMobile | Kind::VoiceOffice => {
            PhoneNumber::parse(&value).map_err(|problem| {
                let failure = Failure::invalid("value", format_args!("the number {problem}"));
                match problem.suggestion() {
                    Some(form) => failure.hint(format!("meant: {form}?")),
                    None => failure.hint("write it as +1 4251234567"),
                }
            })?;
        }
        Kind::AppCode | Kind::Questions => {
            return Err(Failure::invalid("value", "a secret is never an argument").hint("use --secret-stdin"));
        }
    }
    Ok(Reach::Contact(value.trim().to_owned()))
}

async fn secret(context: &Context, method: Kind) -> Result<Reach, Failure> {
    match method {
        Kind::AppCode => seed(&output::secret("secret")?).map(Reach::Seed),
        Kind::Questions => answers(context, &output::secret("secret")?).await,
        Kind::Email | Kind::Sms | Kind::VoiceMobile | Kind::VoiceOffice => {
            contact(method, Some(output::secret("value")?.as_str().to_owned()))
        }
    }
}

/// A Base32 seed (RFC 4648) in the one form that is kept: capitals, no blanks, no padding.
fn seed(given: &str) -> Result<Zeroizing<String>, Failure> {
    let mut seed = Zeroizing::new(String::with_capacity(given.len()));
    seed.extend(given.chars().filter(|sign| !matches!(sign, ' ' | '-')).map(|sign| sign.to_ascii_uppercase()));
    let bare = Zeroizing::new(seed.trim_end_matches('=').to_owned());
    if !bare.chars().all(|sign| matches!(sign, 'A'..='Z' | '2'..='7')) || matches!(bare.len() % 8, 1 | 3 | 6) {
        return Err(Failure::invalid("secret", "is not Base32"));
    }
    if !(SHORTEST_SEED..=LONGEST_SEED).contains(&bare.len()) {
        let range = format!("a seed has {SHORTEST_SEED} to {LONGEST_SEED} symbols");
        return Err(Failure::invalid("secret", range));
    }
    Ok(bare)
}

/// Lines of `NUMBER=ANSWER`, hashed. No question and no answer twice.
async fn answers(context: &Context, given: &str) -> Result<Reach, Failure> {
    let mut read: Vec<(u32, SecurityAnswer)> = Vec::new();
    for line in given.lines().filter(|line| !line.trim().is_empty()) {
        let (number, answer) = line
            .split_once('=')
            .ok_or_else(|| Failure::invalid("secret", "a line is not NUMBER=ANSWER").hint("for example 29=Biscuit"))?;
        let number = number.trim().parse().ok().filter(|number| (1..=LAST_QUESTION).contains(number));
        let number = number.ok_or_else(|| Failure::invalid("secret", "questions have the numbers 1 to 35"))?;
        let answer = SecurityAnswer::parse(answer)
            .map_err(|problem| Failure::invalid("secret", format_args!("question {number}: {problem}")))?;
        if read.iter().any(|(other, _)| *other == number) {
            return Err(Failure::invalid("secret", format_args!("question {number} is there twice")));
        }
        if read.iter().any(|(_, other)| other.expose() == answer.expose()) {
            return Err(Failure::invalid("secret", "two questions have the same answer"));
        }
        read.push((number, answer));
    }
    if !(3..=5).contains(&read.len()) {
        return Err(Failure::invalid("secret", "3 to 5 questions are registered"));
    }
    let hasher = context.hasher();
    let mut hashed = Vec::new();
    for (number, answer) in read {
        let hash = hasher.hash_answer(&answer, context.entropy.bytes()?).await?;
        hashed.push((number, Zeroizing::new(hash.phc().to_owned())));
    }
    Ok(Reach::Answers(hashed))
}

async fn list(context: &Context, upn: &str) -> Result<(), Failure> {
    let (tenant, row) = context.account(upn).await?;
    let unit = async move |tx: &mut Tx| tx.registrations(tenant.tenant.id, &row.account).await;
    let rows = context.store.read(unit).await?;
    let items = rows.iter().map(document).collect();
    context.output.list(items, None, &["method", "reaches", "from", "since", "problem"], |item| {
        ["method", "masked", "source", "registered_at", "problem"].map(|field| cell(item, field)).to_vec()
    })
}

/// A registration for people and programs.
pub(super) fn document(row: &RegistrationRow) -> Json {
    let registration = &row.registration;
    let problem = match &registration.contact {
        Contact::MalformedPhone { raw, problem } => Some(format!("the number {raw:?} {problem}")),
        Contact::MalformedMailbox(raw) => Some(format!("{raw:?} is no mail address")),
        Contact::Mailbox(_) | Contact::Phone { .. } | Contact::App | Contact::Questions(_) => None,
    };
    let questions = match &registration.contact {
        Contact::Questions(count) => Some(*count),
        _ => None,
    };
    json!({
        "id": registration.id,
        "method": registration.method.name(),
        "masked": registration.masked().map(|masked| masked.text),
        "source": match registration.source {
            Source::Registered => "registered",
            Source::Directory(attribute) => attribute,
        },
        "questions": questions,
        "registered_at": row.registered_at.map(fields::time),
        "failures": registration.failures,
        "problem": problem,
    })
}

async fn remove(context: &Context, upn: &str, method: Kind) -> Result<(), Failure> {
    let (tenant, row) = context.account(upn).await?;
    let (tenant, account) = (tenant.tenant.id, row.account);
    let mut entry = context.entry(tenant, ActivityName::AdminDeletedSecurityInfo)?;
    entry.record = entry.record.about(account.id, Some(account.upn.to_string()));
    entry.record.method = Some(method);
    context
        .store
        .write(async move |tx: &mut Tx| {
            if !tx.remove_registration(tenant, account.id, method).await? {
                let message = format!("{} is not registered for {}", method.name(), account.upn);
                return Err(Failure::not_found(message)
                    .hint("a contact of the directory goes when its field is cleared: readmit user set"));
            }
            Ok(entry.append(tx).await?)
        })
        .await?;
    context.checkpoint().await?;
    list(context, upn).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_read_as_apps_show_it() {
        let read = |given: &str| seed(given).map(|seed| seed.as_str().to_owned());
        assert_eq!(read("jbsw y3dp-ehpk 3pxp").as_deref(), Ok("JBSWY3DPEHPK3PXP"));
        assert_eq!(read("JBSWY3DPEHPK3PXPGE======").as_deref(), Ok("JBSWY3DPEHPK3PXPGE"));
        for wrong in ["", "JBSWY3DPEHPK3PX1", "JBSWY3DP", "JBSWY3DPEHPK3PXPG", &"A".repeat(264)] {
            assert_eq!(read(wrong).unwrap_err().field.as_deref(), Some("secret"), "{wrong}");
        }
    }
}
