//! Declared flows and their ends.

use super::super::decode::{At, suggest};
use super::super::{End, Flow, Matcher, Requires, raw};
use super::Check;
use crate::model::{Connections, Spot};

/// The word of `approved-by` while nobody has approved a flow.
const NOBODY: &str = "none";

impl Check<'_> {
    pub(super) fn flows(&mut self, raw: Vec<raw::Flow>, zones: &[&str], environments: &[String]) -> Vec<Flow> {
        let mut ids: Vec<At<String>> = Vec::new();
        let mut flows = Vec::new();
        for flow in raw {
            if let Some(id) = flow.id.0.clone() {
                if let Some(twin) = ids.iter().find(|known| known.value == id.value) {
                    let message = format!("flow `{}` stands twice, first on line {}", id.value, twin.spot.line);
                    self.say(id.spot, message, "give each flow an id of its own");
                }
                ids.push(id);
            }
            flows.extend(self.flow(flow, zones, environments));
        }
        flows
    }

    fn flow(&mut self, raw: raw::Flow, zones: &[&str], environments: &[String]) -> Option<Flow> {
        if let (Some(owner), Some(approver)) = (&raw.owner.0, &raw.approved_by.0)
            && owner.value == approver.value
        {
            let message = format!("`{}` owns the flow and approves it", owner.value);
            self.say(approver.spot, message, "an approval is somebody else's (PCI DSS 1.2.5)");
        }
        let from = raw.from.0.and_then(|at| self.end(at, zones, environments));
        let to_spot = raw.to.0.as_ref().map(|at| at.spot);
        let to = raw.to.0.and_then(|at| self.end(at, zones, environments));
        if let (Some(from), Some(to), Some(spot)) = (&from, &to, to_spot) {
            if *from == End::Internet && *to == End::Internet {
                self.say(spot, "both ends are `internet`", "one end is the company's");
            }
            self.same_zone(from, to, spot);
        }
        let listed = raw.connections.0.as_ref();
        if let Some(list) = listed.filter(|list| list.value.is_empty()) {
            self.say(list.spot, "a flow without connections", "name them: `[tcp/443]`");
        }
        let help = "write `tcp/443`, `udp/100-200`, `icmp`, a protocol's number or `all`";
        let connections =
            listed.into_iter().flat_map(|list| &list.value).filter_map(|at| self.parse::<Connections>(at, help));
        let connections = connections.fold(Connections::default(), |all, one| all.union(&one));
        let approved = raw.approved.0.as_ref().and_then(|at| self.date(at));
        let reviewed = raw.reviewed.as_ref().and_then(|at| self.date(at));
        let expires = raw.expires.0.as_ref().and_then(|at| self.date(at));
        if let (Some(approved), Some(expires), Some(at)) = (approved, expires, &raw.expires.0)
            && expires < approved
        {
            self.say(at.spot, "it expires before it was approved", "mend one of the dates");
        }
        if let (Some(approved), Some(reviewed), Some(at)) = (approved, reviewed, &raw.reviewed)
            && reviewed < approved
        {
            self.say(at.spot, "it was reviewed before it was approved", "mend one of the dates");
        }
        let requires = raw.requires.unwrap_or_default();
        let requires = Requires {
            mtls: requires.mtls,
            principals: requires.principals,
            methods: requires.methods,
            paths: requires.paths,
            hosts: requires.hosts,
        };
        let (id, approved_by) = (raw.id.0?, raw.approved_by.0?.value);
        // it is checked as the others are, and approves nothing
        if approved_by == NOBODY {
            return None;
        }
        Some(Flow {
            spot: id.spot,
            id: id.value,
            from: from?,
            to: to?,
            connections,
            requires,
            security_features: raw.security_features,
            reason: raw.reason.0?,
            owner: raw.owner.0?.value,
            approved_by,
            ticket: raw.ticket,
            approved: approved?,
            reviewed,
            expires: expires?,
        })
    }

    /// Production and development of one zone are apart too: a flow inside a zone must say which environments it joins.
    fn same_zone(&mut self, from: &End, to: &End, spot: Spot) {
        if let (End::Where { zone: Some(a), environment: ea, .. }, End::Where { zone: Some(b), environment: eb, .. }) =
            (from, to)
            && a == b
            && (ea.is_none() || eb.is_none())
        {
            self.say(spot, format!("both ends are in zone `{a}`"), "name the environment of both ends");
        }
    }

    fn end(&mut self, raw: At<raw::End>, zones: &[&str], environments: &[String]) -> Option<End> {
        let raw::End::Where(end) = raw.value else { return Some(End::Internet) };
        if let Some(zone) = &end.zone
            && !zones.contains(&zone.value.as_str())
        {
            self.say(zone.spot, format!("unknown zone `{}`", zone.value), suggest(&zone.value, zones));
        }
        if let Some(environment) = &end.environment
            && !environments.contains(&environment.value)
        {
            let known: Vec<&str> = environments.iter().map(String::as_str).collect();
            let message = format!("unknown environment `{}`", environment.value);
            self.say(environment.spot, message, suggest(&environment.value, &known));
        }
        let cidr = end.cidr.as_ref().map(|at| self.cidr(at).ok_or(())).transpose().ok()?;
        if end.zone.is_none() && cidr.is_none() && end.asset.is_none() && end.cluster.is_none() {
            self.say(
                raw.spot,
                "an end that names no zone, cluster, cidr or asset",
                "say where it is, at least by `zone`",
            );
        }
        Some(End::Where {
            zone: end.zone.map(|at| at.value),
            environment: end.environment.map(|at| at.value),
            cidr,
            matcher: Matcher {
                account: None,
                vpc: None,
                cluster: end.cluster,
                namespace: end.namespace,
                asset: end.asset,
            },
            workload: end.workload,
        })
    }
}
