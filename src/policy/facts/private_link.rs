//! PrivateLink: who may reach an endpoint service, and whose service an endpoint leads to.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::Context;
use super::document::{Of, Reason, Unknown};
use crate::config::End;
use crate::model::{Account, Vpc, VpcEndpoint, VpcEndpointConnection, VpcEndpointService, account_id, short_of};
use crate::zone::Border;

/// An endpoint or an endpoint service.
#[derive(Serialize, JsonSchema)]
pub(super) struct LinkFact {
    /// Ways from a consumer to a provider behind another border, one of the two in PCI DSS scope.
    crossings: Vec<Crossing>,
}

#[derive(Serialize, JsonSchema)]
struct Crossing {
    /// An endpoint, a principal that may make one, or `*`: everybody who has an AWS account.
    consumer: String,
    consumer_border: String,
    /// The service's name.
    provider: String,
    provider_border: String,
    /// Whether traffic may flow already, or only would if such an endpoint were made.
    connected: bool,
    /// Flows in force from the consumer's border to the provider's: the provider cannot begin a connection.
    approved_by: Vec<String>,
    /// Such flows that have expired.
    expired: Vec<String>,
}

impl Crossing {
    fn between(
        context: &Context<'_>,
        consumer: (&str, &Border),
        provider: (&str, &Border),
        connected: bool,
    ) -> Option<Self> {
        let (from, to) = (consumer.1, provider.1);
        if !from.crosses(to) || !(from.category.in_scope() || to.category.in_scope()) {
            return None;
        }
        let holds = |end: &End, border: &Border| {
            matches!(end, End::Where { zone: Some(_), .. })
                && end.holds_border(&border.zone, border.environment.as_deref())
        };
        let flows = context.config.flows.iter().filter(|flow| holds(&flow.from, from) && holds(&flow.to, to));
        let (force, expired): (Vec<_>, Vec<_>) = flows.partition(|flow| flow.counts_on(context.day));
        Some(Self {
            consumer: consumer.0.to_owned(),
            consumer_border: from.to_string(),
            provider: provider.0.to_owned(),
            provider_border: to.to_string(),
            connected,
            approved_by: force.into_iter().map(|flow| flow.id.clone()).collect(),
            expired: expired.into_iter().map(|flow| flow.id.clone()).collect(),
        })
    }
}

/// AWS PrivateLink guide, "endpoint states": what is over carries nothing, what is pending may.
fn is_live(state: &str) -> bool {
    !matches!(state.to_ascii_lowercase().as_str(), "deleted" | "deleting" | "rejected" | "failed" | "expired")
}

pub(super) fn endpoint(of: &Of<'_, VpcEndpoint>, unknown: &mut Unknown) -> LinkFact {
    let Of { context, at, asset, body: endpoint } = *of;
    let mut fact = LinkFact { crossings: vec![] };
    let from = &context.zones.of(at).source;
    match endpoint.endpoint_type.as_str() {
        _ if !is_live(&endpoint.state) => {}
        // a route to AWS's own S3 or DynamoDB
        "Gateway" => {}
        // AWS PrivateLink guide, "Service names": customers' services are `com.amazonaws.vpce.<region>.vpce-svc-…`, all
        // others AWS's own
        "Interface" | "GatewayLoadBalancer" if !endpoint.service.contains(".vpce-svc-") => {}
        "Interface" | "GatewayLoadBalancer" => match context.endpoint_service(&endpoint.service) {
            Some((at, ..)) => {
                let to = (endpoint.service.as_str(), &context.zones.of(at).border);
                fact.crossings.extend(Crossing::between(context, (&short_of(&asset.id), from), to, true));
            }
            None => unknown.say("crossings", Reason::NotInInventory, &endpoint.service),
        },
        // resources and service networks of VPC Lattice lead to what other answers would have to tell
        other => unknown.say("crossings", Reason::NotUnderstood, format!("endpoint of type {other}")),
    }
    fact
}

pub(super) fn service(of: &Of<'_, VpcEndpointService>, unknown: &mut Unknown) -> LinkFact {
    let Of { context, at, asset, body: service } = *of;
    let mut fact = LinkFact { crossings: vec![] };
    if !is_live(&service.state) {
        return fact;
    }
    let to = &context.zones.of(at).border;
    let provider = (service.service.as_str(), to);
    let mut add = |consumer: &str, border: &Border, connected: bool| {
        fact.crossings.extend(Crossing::between(context, (consumer, border), provider, connected));
    };
    match &service.principals {
        None => unknown.say("crossings", Reason::EntriesNotCollected, format!("principals of {}", short_of(&asset.id))),
        Some(principals) => {
            for principal in principals {
                // IAM identifiers: `arn:aws:iam::<account>:…`
                match principal.split(':').nth(4).filter(|account| !account.is_empty()) {
                    Some(account) => borders_of(context, account).iter().for_each(|b| add(principal, b, false)),
                    // anybody with an account: no flow between two borders says that
                    None => add(principal, &Border::unclassified(), false),
                }
            }
        }
    }
    let id = short_of(&asset.id);
    if !context.listed::<VpcEndpointConnection>(&asset.place) {
        unknown.say("crossings", Reason::EntriesNotCollected, format!("connections of {id}"));
    }
    let connections = context.endpoint_connections(&id);
    for (_, _, connection) in connections.filter(|(_, _, connection)| is_live(&connection.state)) {
        // one that was read tells more itself
        if context.inventory.find::<VpcEndpoint>(&connection.endpoint).is_none() {
            borders_of(context, &connection.endpoint_account).iter().for_each(|b| add(&connection.endpoint, b, true));
        }
    }
    fact
}

/// Where an endpoint of an account may stand: behind the borders of its VPCs, or its own where none was read. An account
/// that nobody knows is untrusted.
fn borders_of(context: &Context<'_>, account: &str) -> BTreeSet<Border> {
    let vpcs = context.inventory.of::<Vpc>().filter(|(_, asset, _)| asset.place.account.as_deref() == Some(account));
    let mut all: BTreeSet<Border> = vpcs.map(|(at, ..)| context.zones.of(at).source.clone()).collect();
    if all.is_empty() {
        let own = context.inventory.find::<Account>(&account_id(account));
        all.insert(own.map_or_else(Border::unclassified, |(at, ..)| context.zones.of(at).source.clone()));
    }
    all
}
