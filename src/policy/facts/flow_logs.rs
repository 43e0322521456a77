//! VPCs: whether flow logs record their traffic.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Context, names};
use super::document::{Of, Reason, Unknown};
use super::mixing::{self, Environments};
use crate::model::{FlowLog, NetworkInterface, Subnet, Vpc, short_of};

/// A VPC.
#[derive(Serialize, JsonSchema)]
pub(super) struct VpcFact {
    flow_logs: Logging,
    /// Environments of what stands in it.
    environments: Environments,
}

/// What of a VPC's traffic flow logs record.
#[derive(Serialize, JsonSchema)]
struct Logging {
    /// Whether accepted and rejected traffic of the whole VPC is recorded, by its own logs or by those of all its
    /// subnets or interfaces.
    complete: bool,
    /// What is not recorded: `ACCEPT`, `REJECT`.
    missing: BTreeSet<&'static str>,
    /// Subnets of which it is not, some by name.
    subnets: Vec<String>,
    /// Logs that exist and record nothing: not active, or their delivery fails.
    broken: Vec<String>,
}

/// Traffic types that are recorded.
#[derive(Clone, Copy, Default)]
struct Recorded {
    accept: bool,
    reject: bool,
}

impl Recorded {
    fn and(self, other: Self) -> Self {
        Self { accept: self.accept || other.accept, reject: self.reject || other.reject }
    }

    fn missing(self) -> impl Iterator<Item = &'static str> {
        [(self.accept, "ACCEPT"), (self.reject, "REJECT")].into_iter().filter(|(has, _)| !has).map(|(_, name)| name)
    }

    fn is_all(self) -> bool {
        self.accept && self.reject
    }
}

/// Source: EC2 API reference, `FlowLog`: `flowLogStatus` ACTIVE, `deliverLogsStatus` SUCCESS or FAILED.
fn records(log: &FlowLog) -> bool {
    log.status == "ACTIVE" && log.delivery != "FAILED"
}

fn recorded(context: &Context<'_>, resource: &str, broken: &mut BTreeSet<String>) -> Recorded {
    let mut out = Recorded::default();
    for (_, asset, log) in context.flow_logs(resource) {
        if records(log) {
            let all = log.traffic == "ALL";
            out = out.and(Recorded { accept: all || log.traffic == "ACCEPT", reject: all || log.traffic == "REJECT" });
        } else {
            broken.insert(short_of(&asset.id));
        }
    }
    out
}

pub(super) fn vpc(of: &Of<'_, Vpc>, unknown: &mut Unknown) -> VpcFact {
    let Of { context, asset, .. } = *of;
    let id = short_of(&asset.id);
    let mut broken = BTreeSet::new();
    let own = recorded(context, &id, &mut broken);
    let (mut missing, mut subnets) = (BTreeSet::new(), Vec::new());
    let mut any = false;
    for (_, subnet, _) in context.subnets(&id).filter(|_| !own.is_all()) {
        any = true;
        let short = short_of(&subnet.id);
        let of_subnet = own.and(recorded(context, &short, &mut broken));
        let listed = context.listed::<NetworkInterface>(&subnet.place);
        let by_interface: Vec<Recorded> = context
            .interfaces(&short)
            .map(|(_, interface, _)| of_subnet.and(recorded(context, &short_of(&interface.id), &mut broken)))
            .collect();
        if of_subnet.is_all() || (!by_interface.is_empty() && by_interface.iter().all(|recorded| recorded.is_all())) {
            if !of_subnet.is_all() && !listed {
                unknown.say("flow_logs", Reason::EntriesNotCollected, format!("interfaces of {short}"));
            }
            continue;
        }
        match by_interface.is_empty() {
            true => missing.extend(of_subnet.missing()),
            false => by_interface.iter().for_each(|recorded| missing.extend(recorded.missing())),
        }
        subnets.push(&*subnet.id);
    }
    if !own.is_all() && !any {
        missing.extend(own.missing());
    }
    if !missing.is_empty() && !context.listed::<FlowLog>(&asset.place) {
        // what was not asked for may well be there
        unknown.say("flow_logs", Reason::EntriesNotCollected, "FlowLogs");
        missing.clear();
        subnets.clear();
    }
    if missing.is_empty() && !own.is_all() && any && !context.listed::<Subnet>(&asset.place) {
        unknown.say("flow_logs", Reason::EntriesNotCollected, format!("subnets of {id}"));
    }
    let complete = missing.is_empty() && unknown.is_empty();
    VpcFact {
        flow_logs: Logging { complete, missing, subnets: names(subnets), broken: broken.into_iter().collect() },
        environments: mixing::of_vpc(of, unknown),
    }
}
