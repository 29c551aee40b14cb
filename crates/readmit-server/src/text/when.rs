//! Moments as people say them: a time of day with its zone, never a ticking clock.

use jiff::Timestamp;
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

use super::Lang;
use super::Text;
use super::tv;

/// Hours and minutes in the zone: `14:41`.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string()
}

/// Hours, minutes and the zone's name: `14:41 (Europe/London)`.
pub fn short(lang: Lang, at: Timestamp, zone: &TimeZone) -> String {
    let args = [("clock", clock(at, zone).into()), ("zone", zone_name(zone).into())];
    tv(lang, Text::TimeShort, &args)
}

/// A moment to wait for, with zone and offset: only the time today, “tomorrow” or the date otherwise.
pub fn until(lang: Lang, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let there = at.to_zoned_datetime(zone.clone());
    let today = now.to_zoned_datetime(zone.clone()).date();
    if there.date() == today {
        return timed(lang, Text::TimeHere, &there, zone);
    }
    if today.tomorrow().is_ok_and(|tomorrow| tomorrow == there.date()) {
        return timed(lang, Text::TimeTomorrow, &there, zone);
    }
    moment(lang, at, zone)
}

/// Date and time with zone and offset, for messages that are read later.
pub fn moment(lang: Lang, at: Timestamp, zone: &TimeZone) -> String {
    timed(lang, Text::TimeOnDate, &at.to_zoned_datetime(zone.clone()), zone)
}

/// Weekday, day, month and year in the zone.
pub fn date(lang: Lang, at: Timestamp, zone: &TimeZone) -> String {
    date_of(lang, &at.to_zoned_datetime(zone.clone()))
}

/// To the second with offset, for the lines to send: `14:36:09 UTC+01:00`.
pub fn exact(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%H:%M:%S UTC%:z").to_string()
}

/// The zone's IANA name, or its offset where it has no name.
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

fn timed(lang: Lang, text: Text, there: &ZonedDateTime, zone: &TimeZone) -> String {
    let args = [
        ("clock", there.strftime("%H:%M").to_string().into()),
        ("zone", zone_name(zone).into()),
        ("offset", there.strftime("%:z").to_string().into()),
        ("date", date_of(lang, there).into()),
    ];
    tv(lang, text, &args)
}

fn date_of(lang: Lang, there: &ZonedDateTime) -> String {
    let args = [
        ("weekday", there.weekday().to_monday_one_offset().into()),
        ("day", there.day().into()),
        ("month", there.month().into()),
        ("year", there.year().into()),
    ];
    tv(lang, Text::Date, &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    #[test]
    fn today_tomorrow_and_later_are_told_apart_in_the_zone() {
        let now = at("2026-07-17T22:30:00Z");
        let say = |then| until(Lang::En, at(then), now, &london());
        assert_eq!(say("2026-07-17T22:41:00Z"), "23:41 (Europe/London, UTC+01:00)");
        assert_eq!(say("2026-07-18T22:41:00Z"), "23:41 tomorrow (Europe/London, UTC+01:00)");
        assert_eq!(say("2026-07-18T23:41:00Z"), "00:41 on Sunday 19 July 2026 (Europe/London, UTC+01:00)");
    }

    #[test]
    fn german_dates_are_german() {
        let then = at("2026-03-01T09:05:00Z");
        assert_eq!(date(Lang::De, then, &london()), "Sonntag, 1. März 2026");
        assert_eq!(short(Lang::De, then, &london()), "09:05 Uhr (Europe/London)");
    }

    #[test]
    fn the_exact_time_names_its_offset() {
        let zone = TimeZone::get("America/St_Johns").unwrap();
        assert_eq!(exact(at("2026-11-17T14:36:09Z"), &zone), "11:06:09 UTC-03:30");
    }
}
