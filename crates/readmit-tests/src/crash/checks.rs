//! What is looked at after each restart, from outside: the command line and the tables.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Stage;
use super::walk::Walk;

const BY_SELF: &str = "Reset password (self-service)";
const BY_ADMIN: &str = "Reset password (by admin)";

impl Stage {
    /// Journeys and passwords: as acknowledged, or one step further and told so.
    pub(super) async fn check_journeys(&mut self, walks: &mut [Walk]) {
        let origin = self.site.origin();
        for walk in walks {
            self.summary.committed_unheard += u32::from(walk.compare(&origin).await);
            let person = &self.people[walk.person];
            let is_new = walk.page() == "done";
            let asked = [(walk.password.clone(), "new", is_new), (person.password.clone(), "old", !is_new)];
            // The new password is only in question once it was sent; the page says that.
            let in_question = matches!(walk.page().as_str(), "done" | "password");
            for (password, which, expected) in asked.into_iter().skip(usize::from(!in_question)) {
                if self.site.accepts(&walk.upn, &password) != expected {
                    let page = walk.page();
                    walk.contradict(&format!("on page {page} the {which} password is taken: {}", !expected));
                }
            }
        }
    }

    /// Every write of a password has its audit record, and the other way round.
    pub(super) fn check_writes(&mut self, place: &str) {
        let mut told: BTreeMap<String, i64> = BTreeMap::new();
        for activity in [BY_SELF, BY_ADMIN] {
            let records = self.site.list(&["audit", "list", "--activity", activity, "--result", "success"]);
            for record in records {
                let name = record["target"]["name"].as_str().unwrap().to_owned();
                *told.entry(name).or_default() += 1;
            }
        }
        let written = self.site.tables().rows(
            "SELECT a.upn, p.version FROM passwords p JOIN accounts a ON a.tenant = p.tenant AND a.id = p.account",
        );
        let written: BTreeMap<String, i64> =
            written.into_iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect();
        if told != written {
            let differs = |upn: &&String| told.get(*upn) != written.get(*upn);
            let upns: Vec<&String> = written.keys().filter(differs).collect();
            self.summary.contradictions.push(format!("{place}: writes and audit differ for {upns:?}"));
        }
    }

    /// Guesses that were told wrong are still counted.
    pub(super) fn check_counts(&mut self, walks: &[Walk], place: &str) {
        let counted = self.site.tables().rows(
            "SELECT a.upn, COUNT(*) FROM attempts t JOIN accounts a ON a.tenant = t.tenant AND a.id = t.subject \
             WHERE t.family = 'email' GROUP BY a.upn",
        );
        let counted: BTreeMap<&str, u32> =
            counted.iter().map(|row| (row[0].as_str(), row[1].parse().unwrap())).collect();
        for walk in walks {
            let person = &self.people[walk.person];
            let (least, most) = match walk.page().as_str() {
                "done" => (0, 0),
                _ => (person.wrong.0 + walk.wrong.0, person.wrong.1 + walk.wrong.1),
            };
            let found = counted.get(walk.upn.as_str()).copied().unwrap_or(0);
            if !(least..=most).contains(&found) {
                self.summary
                    .contradictions
                    .push(format!("{place}: {found} guesses of {} are counted, {least} to {most} were made", walk.upn));
            }
        }
    }

    /// The chain is whole.
    pub(super) fn check_audit(&mut self, place: &str) {
        let said = self.site.asks(&["audit", "verify"]);
        if said.code != 0 || said.json["finding"] != Value::Null {
            self.summary.contradictions.push(format!("{place}: audit verify {} {}", said.code, said.json));
        }
    }

    /// After the last round everybody has the password they were told of, and not the one before.
    pub(super) fn check_passwords_at_the_end(&mut self) {
        for person in &self.people {
            if !self.site.accepts(&person.upn, &person.password) {
                self.summary.contradictions.push(format!("at the end {} has another password", person.upn));
            }
            if let Some(former) = &person.former
                && self.site.accepts(&person.upn, former)
            {
                self.summary.contradictions.push(format!("at the end {} has the old password", person.upn));
            }
        }
    }
}
