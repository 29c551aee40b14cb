-- Rules for every statement here: types TEXT, BIGINT, BYTEA, BOOLEAN only; time is BIGINT milliseconds; every key carries the tenant.

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE tenants (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, plan TEXT NOT NULL, time_zone TEXT NOT NULL,
  policy_version BIGINT NOT NULL, graph_version BIGINT NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE domains (domain TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenants (id));

CREATE TABLE accounts (
  tenant TEXT NOT NULL REFERENCES tenants (id), id TEXT NOT NULL, upn TEXT NOT NULL, upn_key TEXT NOT NULL,
  profile TEXT NOT NULL, authority TEXT NOT NULL, sign_in_model TEXT NOT NULL, user_type TEXT NOT NULL, roles TEXT NOT NULL,
  enabled BOOLEAN NOT NULL, locale TEXT, version BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id), UNIQUE (tenant, upn_key)
);
-- Administrators are few, and are looked for at each reset.
CREATE INDEX accounts_privileged ON accounts (tenant, upn_key) WHERE roles <> '';
-- Proxy addresses by their canonical form; one address belongs to one account.
CREATE TABLE proxies (
  tenant TEXT NOT NULL, address_key TEXT NOT NULL, account TEXT NOT NULL,
  PRIMARY KEY (tenant, address_key), FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
);
CREATE INDEX proxies_by_account ON proxies (tenant, account);
CREATE TABLE passwords (
  tenant TEXT NOT NULL, account TEXT NOT NULL, hash BYTEA NOT NULL, version BIGINT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account), FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
);

CREATE TABLE registrations (
  tenant TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL, method TEXT NOT NULL, contact TEXT NOT NULL, secret BYTEA,
  registered_at BIGINT NOT NULL, PRIMARY KEY (tenant, account, id),
  FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
);
-- Beside the registrations, because contacts of the directory have a life of guesses too.
CREATE TABLE registration_use (
  tenant TEXT NOT NULL, account TEXT NOT NULL, registration TEXT NOT NULL, failures BIGINT NOT NULL, last_step BIGINT,
  PRIMARY KEY (tenant, account, registration)
);
-- The security questions drawn for an account stay until a reset succeeds.
CREATE TABLE drawn_questions (tenant TEXT NOT NULL, account TEXT NOT NULL, questions TEXT NOT NULL, PRIMARY KEY (tenant, account));

CREATE TABLE groups (
  tenant TEXT NOT NULL REFERENCES tenants (id), id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL,
  created_at BIGINT NOT NULL, PRIMARY KEY (tenant, id), UNIQUE (tenant, name_key)
);
CREATE TABLE group_accounts (
  tenant TEXT NOT NULL, group_id TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (tenant, group_id, account),
  FOREIGN KEY (tenant, group_id) REFERENCES groups (tenant, id), FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, id)
);
CREATE INDEX group_accounts_by_account ON group_accounts (tenant, account);
CREATE TABLE group_groups (
  tenant TEXT NOT NULL, group_id TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (tenant, group_id, member),
  FOREIGN KEY (tenant, group_id) REFERENCES groups (tenant, id), FOREIGN KEY (tenant, member) REFERENCES groups (tenant, id)
);
CREATE INDEX group_groups_by_member ON group_groups (tenant, member);
-- holder_kind is account or group.
CREATE TABLE licences (
  tenant TEXT NOT NULL, holder_kind TEXT NOT NULL, holder TEXT NOT NULL, plan TEXT NOT NULL, assigned_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, holder_kind, holder, plan)
);

-- A row for each save; preset NULL is a policy that was cleared.
CREATE TABLE policies (
  tenant TEXT NOT NULL REFERENCES tenants (id), version BIGINT NOT NULL, preset TEXT, policy_values TEXT NOT NULL,
  saved_at BIGINT NOT NULL, saved_by TEXT NOT NULL, PRIMARY KEY (tenant, version)
);

-- subject is the account's id, or a keyed hash of the canonical user ID of nobody.
CREATE TABLE journeys (
  tenant TEXT NOT NULL REFERENCES tenants (id), id TEXT NOT NULL, subject TEXT NOT NULL, decoy BOOLEAN NOT NULL,
  user_id BYTEA NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL, step_digest BYTEA, issue TEXT,
  started_at BIGINT NOT NULL, deadline BIGINT NOT NULL, closed BOOLEAN NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX journeys_by_id ON journeys (id);
CREATE INDEX journeys_by_subject ON journeys (tenant, subject);
CREATE TABLE sessions (
  token_hash BYTEA PRIMARY KEY, tenant TEXT NOT NULL, journey TEXT NOT NULL, locale TEXT NOT NULL, issued_at BIGINT NOT NULL,
  replaced_at BIGINT, expires_at BIGINT NOT NULL, FOREIGN KEY (tenant, journey) REFERENCES journeys (tenant, id)
);
CREATE INDEX sessions_by_journey ON sessions (tenant, journey);

-- One row for each counted attempt. The first statement of a guess writes here, and commits.
CREATE TABLE attempts (
  tenant TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, family TEXT NOT NULL, journey TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX attempts_by_subject ON attempts (tenant, subject, family, at);
-- A row to lock before counting what concerns a subject.
CREATE TABLE subjects (tenant TEXT NOT NULL, subject TEXT NOT NULL, counted BIGINT NOT NULL, PRIMARY KEY (tenant, subject));
-- Sends by keyed hash of the destination.
CREATE TABLE sends (tenant TEXT NOT NULL, id TEXT NOT NULL, destination BYTEA NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (tenant, id));
CREATE INDEX sends_by_destination ON sends (tenant, destination, at);
-- What one source did: kind is refused (disclosure budget), journey (with or without proof of work), contact.
CREATE TABLE source_marks (source TEXT NOT NULL, kind TEXT NOT NULL, mark TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (source, kind, mark));
CREATE INDEX source_marks_by_time ON source_marks (at);
-- Human checks that were used up.
CREATE TABLE human_checks (id BYTEA PRIMARY KEY, expires_at BIGINT NOT NULL);

-- Messages on their way, and what became of them. payload is sealed and emptied when the message is done.
CREATE TABLE messages (
  tenant TEXT NOT NULL, id TEXT NOT NULL, journey TEXT, kind TEXT NOT NULL, channel TEXT NOT NULL, masked TEXT NOT NULL,
  payload BYTEA, state TEXT NOT NULL, provider_code TEXT, tries BIGINT NOT NULL, created_at BIGINT NOT NULL, due_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, lease_owner TEXT, lease_until BIGINT, done_at BIGINT, PRIMARY KEY (tenant, id)
);
CREATE INDEX messages_due ON messages (state, due_at);
CREATE INDEX messages_by_journey ON messages (tenant, journey);

-- Orders to write a password, one row each; the built-in directory applies its own in the same transaction.
CREATE TABLE orders (
  tenant TEXT NOT NULL, id TEXT NOT NULL, journey TEXT NOT NULL, account TEXT NOT NULL, aim TEXT NOT NULL, state TEXT NOT NULL,
  sealed BYTEA, ordered_at BIGINT NOT NULL, done_at BIGINT, PRIMARY KEY (tenant, id)
);

-- The audit: one chain for each writer. mac is a keyed hash of writer, seq and head.
CREATE TABLE audit_writers (writer TEXT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL, head BYTEA NOT NULL, mac BYTEA NOT NULL);
-- body is RFC 8785 JSON and hash its SHA-256; the other columns repeat it for searching. actor and subject are ids, emptied by erasure.
CREATE TABLE audit (
  writer TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, tenant TEXT, activity TEXT NOT NULL, service TEXT NOT NULL,
  result TEXT NOT NULL, actor TEXT, subject TEXT, support_code TEXT, body TEXT NOT NULL, hash BYTEA NOT NULL,
  PRIMARY KEY (writer, seq)
);
CREATE INDEX audit_by_time ON audit (at, writer, seq);
CREATE INDEX audit_by_tenant ON audit (tenant, at, writer, seq);
CREATE INDEX audit_by_support_code ON audit (support_code);
CREATE INDEX audit_by_subject ON audit (tenant, subject, at);
CREATE INDEX audit_by_actor ON audit (tenant, actor, at);
-- Personal data of audit records and the salts of their commitments; erasing a row here leaves the chain whole.
CREATE TABLE audit_values (
  writer TEXT NOT NULL, seq BIGINT NOT NULL, field TEXT NOT NULL, salt BYTEA NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (writer, seq, field)
);
CREATE TABLE checkpoints (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL, signature BYTEA NOT NULL);
