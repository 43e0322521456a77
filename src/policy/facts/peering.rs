//! VPC peering connections: which borders they join.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Reason, Unknown};
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
    /// Flows between the two borders, either direction.
    approved_by: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Side {
    vpc: String,
    account: String,
    /// Its border; left out where the VPC is not in the inventory.
    #[serde(skip_serializing_if = "Option::is_none")]
    border: Option<String>,
}

pub(super) fn peering(context: &Context<'_>, peering: &VpcPeeringConnection, unknown: &mut Unknown) -> Peering {
    // Amazon VPC Peering Guide, "VPC peering connection lifecycle"
    let live =
        matches!(peering.status.as_str(), "active" | "pending-acceptance" | "provisioning" | "initiating-request");
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
    let approved = both.map(|(a, b)| approved(context, a, b)).unwrap_or_default();
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
        approved_by: approved,
    }
}

/// Flows in force that need a way between the two borders.
fn approved(context: &Context<'_>, a: &Border, b: &Border) -> Vec<String> {
    let holds =
        |end: &crate::config::End, border: &Border| end.holds_border(&border.zone, border.environment.as_deref());
    let joins = |flow: &&crate::config::Flow| {
        (holds(&flow.from, a) && holds(&flow.to, b)) || (holds(&flow.from, b) && holds(&flow.to, a))
    };
    let flows = context.config.flows.iter().filter(joins).filter(|flow| flow.counts_on(context.day));
    flows.map(|flow| flow.id.clone()).collect()
}
