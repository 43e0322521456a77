//! VPC peering connections: which borders they join.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Of, Reason, Unknown};
use crate::config::End;
use crate::model::{PeeringSide, Vpc, VpcPeeringConnection};
use crate::zone::Border;

/// A VPC peering connection.
#[derive(Serialize, JsonSchema)]
pub(super) struct Peering {
    /// Whether it carries traffic, or will once it is accepted.
    live: bool,
    requester: Side,
    accepter: Side,
    /// Whether the two VPCs lie behind different borders; left out where one is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    crosses: Option<bool>,
    /// Whether one of them is in PCI DSS scope; left out where one is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    touches_scope: Option<bool>,
    /// Flows in force between the two borders, either direction.
    approved_by: Vec<String>,
    /// Such flows that have expired.
    expired: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Side {
    vpc: String,
    account: String,
    /// Its border; left out where the VPC is not in the inventory.
    #[serde(skip_serializing_if = "Option::is_none")]
    border: Option<String>,
}

pub(super) fn peering(of: &Of<'_, VpcPeeringConnection>, unknown: &mut Unknown) -> Peering {
    let Of { context, body: peering, .. } = *of;
    // Amazon VPC Peering Guide, "VPC peering connection lifecycle": what is not over may carry traffic
    let live = !matches!(peering.status.as_str(), "deleted" | "deleting" | "expired" | "failed" | "rejected");
    let find = |side: &PeeringSide| {
        context.inventory.find::<Vpc>(&side.vpc).map(|(at, ..)| context.zones.of(at).border.clone())
    };
    let (requester, accepter) = (find(&peering.requester), find(&peering.accepter));
    for (side, border) in [(&peering.requester, &requester), (&peering.accepter, &accepter)] {
        if border.is_none() && live {
            unknown.say("crosses", Reason::NotInInventory, &side.vpc);
            unknown.say("touches_scope", Reason::NotInInventory, &side.vpc);
        }
    }
    let both = requester.as_ref().zip(accepter.as_ref());
    let (approved_by, expired) = both.map(|(a, b)| approved(context, a, b)).unwrap_or_default();
    let side = |side: &PeeringSide, border: &Option<Border>| Side {
        vpc: side.vpc.clone(),
        account: side.account.clone(),
        border: border.as_ref().map(ToString::to_string),
    };
    Peering {
        live,
        crosses: both.map(|(a, b)| a.crosses(b)),
        touches_scope: both.map(|(a, b)| a.category.in_scope() || b.category.in_scope()),
        requester: side(&peering.requester, &requester),
        accepter: side(&peering.accepter, &accepter),
        approved_by,
        expired,
    }
}

/// Flows that need a way between the two borders: those in force, and those that have expired.
pub(super) fn approved(context: &Context<'_>, a: &Border, b: &Border) -> (Vec<String>, Vec<String>) {
    // an end that names no zone is about addresses or assets somewhere: it asks for no way between these two
    let holds = |end: &End, border: &Border| {
        matches!(end, End::Where { zone: Some(_), .. }) && end.holds_border(&border.zone, border.environment.as_deref())
    };
    let joins = |flow: &&crate::config::Flow| {
        (holds(&flow.from, a) && holds(&flow.to, b)) || (holds(&flow.from, b) && holds(&flow.to, a))
    };
    let flows = context.config.flows.iter().filter(joins);
    let (force, expired): (Vec<_>, Vec<_>) = flows.partition(|flow| flow.counts_on(context.day));
    let ids = |flows: Vec<&crate::config::Flow>| flows.into_iter().map(|flow| flow.id.clone()).collect();
    (ids(force), ids(expired))
}
