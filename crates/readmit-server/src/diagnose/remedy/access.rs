//! Commands that let somebody in: the switch, groups, licences.

use readmit_core::account::Authority;
use readmit_core::decision::Facts;
use readmit_core::ids::GroupId;
use readmit_core::licence::Entitlement;
use readmit_core::licence::LicenceSource;
use readmit_core::licence::Plan;
use readmit_core::licence::TenantPlan;
use readmit_core::policy::Values;

use super::About;
use super::word;

/// For everybody, or for the groups where some are named already.
pub(super) fn switch_on(about: &About<'_>) -> String {
    let named = policy_values(about).is_some_and(|values| !values.include_groups.is_empty());
    about.policy(if named { "set sspr.enabled=selected" } else { "set sspr.enabled=all" })
}

/// A licence that is enough; where one is only reached through nesting, direct membership.
pub(super) fn license(about: &About<'_>) -> String {
    let wanted = match about.facts.map(|facts| facts.account.authority) {
        Some(Authority::OnPremises) => Entitlement::Writeback,
        Some(Authority::Cloud) | None => Entitlement::CloudReset,
    };
    let nested = about.facts.into_iter().flat_map(|facts| &facts.licences).find_map(|one| match &one.source {
        LicenceSource::NestedGroup(group) if one.plan.grants(wanted) => Some(group),
        LicenceSource::NestedGroup(_) | LicenceSource::Group(_) | LicenceSource::Direct => None,
    });
    if let Some(group) = nested {
        return format!("readmit group add {} {}", word(group), word(about.upn));
    }
    let plan = match about.facts.map(|facts| facts.tenant.plan) {
        Some(TenantPlan::Licensed(plan)) if plan.grants(wanted) => plan,
        Some(TenantPlan::Licensed(_) | TenantPlan::Unlimited) | None => Plan::P1,
    };
    format!("readmit licence assign {} {}", word(about.upn), plan.name())
}

/// Into an included group, or out of the excluded one.
pub(super) fn include(about: &About<'_>) -> String {
    let (Some(facts), Some(values)) = (about.facts, policy_values(about)) else {
        return format!("readmit group add GROUP {}", word(about.upn));
    };
    if let Some(direct) = way_to(facts, &values.exclude_groups) {
        let group = about.group_name(direct).unwrap_or("GROUP");
        return format!("readmit group remove {} {}", word(group), word(about.upn));
    }
    match values.include_groups.iter().find_map(|group| about.group_name(*group)) {
        Some(group) => format!("readmit group add {} {}", word(group), word(about.upn)),
        None => about.policy("set sspr.enabled=all"),
    }
}

/// The direct membership that leads to one of these groups.
fn way_to(facts: &Facts, groups: &[GroupId]) -> Option<GroupId> {
    facts.direct_groups.iter().copied().find(|direct| {
        let reached = facts.graph.membership(&[*direct]);
        groups.iter().any(|group| facts.graph.contains(&reached, *group))
    })
}

fn policy_values<'a>(about: &About<'a>) -> Option<&'a Values> {
    about.facts.and_then(|facts| facts.policy.as_ref()).map(|policy| &policy.values)
}
