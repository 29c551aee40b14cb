//! Inline pictures: 24-unit grid, `currentColor`, hidden from screen readers; the word beside each says it.

/// The mark beside the organization’s name.
pub const LOGO: &str = r#"<svg class="logo" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"><path d="M13 4h12a3 3 0 0 1 3 3v18a3 3 0 0 1-3 3H13M4 16h15m-5.5-6 6 6-6 6"/></svg>"#;

/// Languages.
pub const GLOBE: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18"/></svg>"#;

/// Copy.
pub const COPY: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect x="9" y="9" width="11.5" height="11.5" rx="2"/><path d="M5.5 15H4.5a1 1 0 0 1-1-1V4.5a1 1 0 0 1 1-1H14a1 1 0 0 1 1 1v1"/></svg>"#;

/// Authenticator app.
pub const APP: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect x="6" y="2.5" width="12" height="19" rx="2.5"/><path d="M10.5 18.5h3M9.5 8h.01M12 8h.01M14.5 8h.01M9.5 11.5h.01M12 11.5h.01M14.5 11.5h.01"/></svg>"#;

/// Text message.
pub const SMS: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Z"/><path d="M8 10.5h.01M12 10.5h.01M16 10.5h.01"/></svg>"#;

/// Call.
pub const PHONE: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6.5 3.5h2.6l1.7 4.2-2 1.6a12.5 12.5 0 0 0 5.9 5.9l1.6-2 4.2 1.7v2.6a2 2 0 0 1-2.2 2A16.3 16.3 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2Z"/></svg>"#;

/// Office phone.
pub const OFFICE: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 21V4.5a1 1 0 0 1 1-1h12a1 1 0 0 1 1 1V21M3 21h18M9 7.5h.01M12 7.5h.01M15 7.5h.01M9 11.5h.01M12 11.5h.01M15 11.5h.01M10 21v-4.5h4V21"/></svg>"#;

/// E-mail.
pub const MAIL: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7.5 8.5 6 8.5-6"/></svg>"#;

/// Question.
pub const QUESTION: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M9.3 9.3a2.8 2.8 0 1 1 4 2.6c-.9.5-1.3 1-1.3 2M12 17h.01"/></svg>"#;

/// Password.
pub const KEY: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l3 3M13.5 10l2 2"/></svg>"#;

/// Locked, or not possible.
pub const LOCK: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect x="4.5" y="10.5" width="15" height="10" rx="2"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/></svg>"#;

/// Time.
pub const CLOCK: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M12 7v5.5l3.5 2"/></svg>"#;

/// Worked.
pub const TICK: &str =
    r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m5 12.5 4.5 4.5L19 7.5"/></svg>"#;

/// Leads on; turns round in scripts written from right to left.
pub const CHEVRON: &str =
    r#"<svg class="icon flip" viewBox="0 0 24 24" aria-hidden="true"><path d="m9 5 7 7-7 7"/></svg>"#;

/// Good to know.
pub const INFO: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M12 11.2v5M12 7.8h.01"/></svg>"#;

/// Works now, or needs a look.
pub const WARN: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3.8 2.9 19.4a1 1 0 0 0 .9 1.6h16.4a1 1 0 0 0 .9-1.6Z"/><path d="M12 10v4.5M12 17.6h.01"/></svg>"#;

/// Error.
pub const STOP: &str = r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z"/><path d="M12 7.5v5.3M12 16.2h.01"/></svg>"#;
