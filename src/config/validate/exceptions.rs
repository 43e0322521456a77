//! What stands beside zones and flows: stores, networks, clusters, and what departs from the rules.

use super::super::decode::{At, Needed, Table, suggest};
use super::super::{
    AcceptedUnknown, Assumption, ClusterGroup, Clusters, Expect, GroupState, Network, RuleSwitch, Store, Waiver,
    WaiverFault, WaiverScope, raw,
};
use super::{Check, SEVERITIES, UPGRADE_WITHIN_MONTHS};
use crate::model::Severity;

/// Services whose stores may hold cardholder data, as `classify.stores` names them.
const SERVICES: [&str; 9] = ["rds", "elasticache", "msk", "opensearch", "efs", "redshift", "mq", "dynamodb", "s3"];

impl Check<'_> {
    pub(super) fn stores(&mut self, raw: raw::Stores) -> Vec<Store> {
        let mut stores = Vec::new();
        for (service, pattern) in raw.chd.into_iter().flat_map(|table| table.0) {
            if !SERVICES.contains(&service.value.as_str()) {
                let message = format!("unknown service `{}`", service.value);
                self.say(service.spot, message, suggest(&service.value, &SERVICES));
            }
            if pattern.value.is_empty() {
                self.say(pattern.spot, "a store without a name", "name it; `*` stands for any run of characters");
            }
            stores.push(Store { service: service.value, pattern: pattern.value });
        }
        stores
    }

    pub(super) fn networks(&mut self, raw: Vec<raw::Network>) -> Vec<Network> {
        let network = |network: raw::Network| {
            let reviewed = network.reviewed.0.and_then(|at| self.date(&at));
            let routes = network.routes.0.unwrap_or_default();
            let routes = routes.iter().filter_map(|at| self.cidr(at)).collect();
            let via = network.via.0?;
            Some(Network { via: via.value, routes, owner: network.owner.0?, reviewed: reviewed?, spot: via.spot })
        };
        raw.into_iter().filter_map(network).collect()
    }

    pub(super) fn clusters(&mut self, raw: raw::Clusters) -> Clusters {
        let months = raw.upgrade_within_months.map_or(UPGRADE_WITHIN_MONTHS, |at| {
            if !(1..=120).contains(&at.value) {
                self.say(at.spot, format!("`{}` months", at.value), "name 1 to 120 months");
            }
            at.value
        });
        let mut groups: Vec<ClusterGroup> = Vec::new();
        for group in raw.groups {
            let state = group.state.map_or(GroupState::Active, |at| self.state(&at));
            let (Some(name), Some(members)) = (group.name.0, group.members.0) else { continue };
            if groups.iter().any(|known| known.name == name.value) {
                self.say(name.spot, format!("group `{}` stands twice", name.value), "give each group its own name");
            }
            if members.value.is_empty() {
                self.say(members.spot, "a group without members", "name its clusters");
            }
            for member in &members.value {
                if let Some(other) = groups.iter().find(|known| known.members.contains(&member.value)) {
                    let message = format!("`{}` is a member of `{}` already", member.value, other.name);
                    self.say(member.spot, message, "a cluster is in one group");
                }
            }
            let members = members.value.into_iter().map(|at| at.value).collect();
            groups.push(ClusterGroup { name: name.value, members, state, spot: name.spot });
        }
        Clusters { upgrade_within_months: u32::try_from(months).unwrap_or(u32::MAX), groups }
    }

    fn state(&mut self, at: &At<String>) -> GroupState {
        let names: Vec<&str> = GroupState::NAMES.iter().map(|(name, _)| *name).collect();
        let found = GroupState::NAMES.iter().find(|(name, _)| *name == at.value).map(|(_, state)| *state);
        found.unwrap_or_else(|| {
            self.say(at.spot, format!("unknown state `{}`", at.value), suggest(&at.value, &names));
            GroupState::Active
        })
    }

    pub(super) fn switches(&mut self, raw: Table<raw::RuleSwitch>) -> Vec<RuleSwitch> {
        let mut switches = Vec::new();
        for (rule, switch) in raw.0 {
            let severity = switch.severity.and_then(|at| self.parse::<Severity>(&at, SEVERITIES));
            let reason = switch.reason.filter(|reason| !reason.trim().is_empty());
            let off = switch.enabled.filter(|at| !at.value);
            if let (Some(off), None) = (&off, &reason) {
                let message = format!("`{}` is switched off without a reason", rule.value);
                self.say(off.spot, message, "add `reason: …`; reports list the rule as not examined, with it");
            }
            let disabled = off.is_some().then(|| reason.unwrap_or_default());
            switches.push(RuleSwitch { rule: rule.value, severity, disabled, spot: rule.spot });
        }
        switches
    }

    /// A waiver that is no waiver by what it says still loads: it waives nothing and is a finding. One that lacks a
    /// field, or has a date that cannot be read, is a mistake of the file.
    pub(super) fn waivers(&mut self, raw: Vec<raw::Waiver>) -> Vec<Waiver> {
        let waiver = |raw: raw::Waiver| {
            let expires = self.expiry(raw.expires);
            let rule = raw.rule.0?;
            let scope = WaiverScope {
                asset: raw.asset.0,
                account: raw.account.0,
                region: raw.region.0,
                cluster: raw.cluster.0,
                namespace: raw.namespace.0,
                zone: raw.zone.0,
                environment: raw.environment.0,
                border: raw.border.0,
            };
            let (owner, approved_by) = (raw.owner.0?, raw.approved_by.0?);
            let fault = if owner == approved_by {
                Some(WaiverFault::OwnerApproves)
            } else {
                (rule.value.0.is_empty() || scope.fields().iter().all(|(_, patterns)| patterns.is_empty()))
                    .then_some(WaiverFault::NoScope)
            };
            let (reason, control, spot) = (raw.reason.0?, raw.control, rule.spot);
            let rule = rule.value.0;
            Some(Waiver { rule, scope, owner, approved_by, reason, control, expires: expires?, fault, spot })
        };
        raw.into_iter().filter_map(waiver).collect()
    }

    fn expiry(&mut self, raw: Needed<At<String>>) -> Option<jiff::civil::Date> {
        raw.0.and_then(|at| self.date(&at))
    }

    pub(super) fn accepted(&mut self, raw: Vec<raw::AcceptedUnknown>) -> Vec<AcceptedUnknown> {
        let accepted = |raw: raw::AcceptedUnknown| {
            let expires = self.expiry(raw.expires);
            let what = raw.what.0?;
            if what.value.chars().all(|c| c == '*' || c == '/') {
                self.say(what.spot, "everything that is not known is accepted", "name the rule, the asset or the gap");
            }
            let (reason, owner) = (raw.reason.0?, raw.owner.0?);
            Some(AcceptedUnknown { what: what.value, reason, owner, expires: expires?, spot: what.spot })
        };
        raw.into_iter().filter_map(accepted).collect()
    }

    pub(super) fn assumptions(&mut self, raw: Vec<raw::Assumption>) -> Vec<Assumption> {
        let assumption = |raw: raw::Assumption| {
            let expires = self.expiry(raw.expires);
            let name = raw.name.0?;
            let (reason, owner) = (raw.reason.0?, raw.owner.0?);
            let (name, spot) = (name.value, name.spot);
            Some(Assumption { name, cluster: raw.cluster, reason, owner, expires: expires?, spot })
        };
        raw.into_iter().filter_map(assumption).collect()
    }

    pub(super) fn expect(&mut self, raw: Option<At<raw::Expect>>) -> Expect {
        let Some(At { value: raw, spot }) = raw else { return Expect::default() };
        for account in &raw.accounts {
            if account.value.len() != 12 || !account.value.bytes().all(|byte| byte.is_ascii_digit()) {
                let message = format!("`{}` is no AWS account id", account.value);
                self.say(account.spot, message, "an account id has twelve digits; write it in quotes");
            }
        }
        Expect {
            accounts: raw.accounts.into_iter().map(|at| at.value).collect(),
            clusters: raw.clusters,
            spot: Some(spot),
        }
    }
}
