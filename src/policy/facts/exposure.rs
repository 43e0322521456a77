//! What the internet can reach in a VPC without a load balancer in between: public subnets and public addresses.

use std::net::IpAddr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::context::{Attachment, Context, bearer_of};
use super::cover::{self, GroupEnd};
use super::document::{Of, Reason, Unknown};
use crate::config::End;
use crate::model::{
    AddressSet, Asset, ElasticIp, Instance, LoadBalancer, NetworkInterface, PrefixList, Route, Subnet, short_of,
};

/// A subnet.
#[derive(Serialize, JsonSchema)]
pub(super) struct SubnetFact {
    /// The route table in effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    route_table: Option<String>,
    /// Its routes that lead to an internet gateway, `0.0.0.0/0 -> igw-…`.
    public_routes: Vec<String>,
    /// Whether VPC Block Public Access keeps out what comes from the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked: Option<bool>,
    /// Whether it holds NAT gateways and nothing else: they let nothing unsolicited in.
    only_nat: bool,
    /// Flows in force from the internet to its border.
    approved_by: Vec<String>,
    /// Such flows that have expired.
    expired: Vec<String>,
}

pub(super) fn subnet(of: &Of<'_, Subnet>, unknown: &mut Unknown) -> SubnetFact {
    let Of { context, at, asset, body: subnet } = *of;
    let id = short_of(&asset.id);
    let table = context.route_table(&id, &subnet.vpc, &asset.place);
    if table.is_none() {
        unknown.say("public_routes", Reason::EntriesNotCollected, format!("route table of {id}"));
    }
    let routes = table.map_or(&[][..], |(.., table)| table.routes.as_slice());
    let public_routes = routes.iter().filter(|route| is_public(context, route));
    let public_routes: Vec<String> =
        public_routes.map(|route| format!("{} -> {}", route.destination, route.target)).collect();
    let mut interfaces = context.interfaces(&id).peekable();
    let only_nat = context.listed::<NetworkInterface>(&asset.place)
        && interfaces.peek().is_some()
        && interfaces.all(|(_, _, interface)| is_nat(interface));
    let border = &context.zones.of(at).border;
    let addresses = AddressSet::from_nets(&subnet.cidrs);
    let reaches = |end: &End| {
        let End::Where { zone: Some(_), cidr, .. } = end else { return false };
        end.holds_border(&border.zone, border.environment.as_deref())
            && cidr.is_none_or(|net| AddressSet::from_nets([&net]).overlaps(&addresses))
    };
    let flows = context.config.flows.iter().filter(|flow| flow.from == End::Internet && reaches(&flow.to));
    let (force, expired): (Vec<_>, Vec<_>) = flows.partition(|flow| flow.counts_on(context.day));
    SubnetFact {
        route_table: table.map(|(_, asset, _)| short_of(&asset.id)),
        blocked: context.shut(&id, &subnet.vpc, &asset.place, unknown),
        public_routes,
        only_nat,
        approved_by: force.into_iter().map(|flow| flow.id.clone()).collect(),
        expired: expired.into_iter().map(|flow| flow.id.clone()).collect(),
    }
}

/// Whether a route leads to the internet. A prefix list that is known to be empty leads nowhere.
fn is_public(context: &Context<'_>, route: &Route) -> bool {
    let list = context.inventory.find::<PrefixList>(&route.destination);
    let empty = list.is_some_and(|(_, _, list)| list.entries.as_ref().is_some_and(Vec::is_empty));
    route.target.starts_with("igw-") && route.state != "blackhole" && !empty
}

/// VPC User Guide, "NAT gateways": instances behind one connect out, nothing outside can begin a connection with them.
fn is_nat(interface: &NetworkInterface) -> bool {
    interface.service.as_deref() == Some("nat-gateway")
}

/// Public addresses of an interface, an instance or an Elastic IP. Each address is judged once: where it is borne.
#[derive(Serialize, JsonSchema)]
pub(super) struct Exposure {
    /// Public addresses that nothing else in the inventory tells of.
    public: Vec<String>,
    /// What holds them: a load balancer, an instance, a service.
    holder: String,
    /// Whether it is a NAT gateway, which lets nothing unsolicited in.
    nat: bool,
    /// Whether VPC Block Public Access keeps out what comes from the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked: Option<bool>,
    /// Flows in force from the internet to it.
    approved_by: Vec<String>,
    /// Such flows that have expired.
    expired: Vec<String>,
}

/// Where public addresses are, and what an approval must name.
struct Holder<'a> {
    at: usize,
    asset: &'a Asset,
    /// What flows may name instead: a load balancer, an instance.
    named: Arc<str>,
    attachment: Attachment,
    subnet: &'a str,
    vpc: &'a str,
}

impl Holder<'_> {
    fn exposure(self, context: &Context<'_>, public: &[IpAddr], nat: bool, unknown: &mut Unknown) -> Exposure {
        let border = &context.zones.of(self.at).border;
        let attachments = std::slice::from_ref(&self.attachment);
        let end = GroupEnd { border, id: &self.named, attachments, all_known: true };
        let (approved_by, expired) = cover::from_internet(context, &end);
        let blocked = match public {
            [] => Some(false),
            _ => context.shut(self.subnet, self.vpc, &self.asset.place, unknown),
        };
        let holder = short_of(&self.named);
        Exposure {
            public: public.iter().map(ToString::to_string).collect(),
            holder,
            nat,
            blocked,
            approved_by,
            expired,
        }
    }
}

pub(super) fn interface(of: &Of<'_, NetworkInterface>, unknown: &mut Unknown) -> Exposure {
    let Of { context, at, asset, body: interface } = *of;
    let instance = interface.instance.as_deref().and_then(|id| context.inventory.find::<Instance>(id));
    // Elastic Load Balancing describes its interfaces as `ELB <app or net>/<name>/<id>`
    let balancer = interface.description.strip_prefix("ELB ").and_then(|path| {
        let suffix = format!(":loadbalancer/{path}");
        let mut all = context.inventory.of::<LoadBalancer>();
        all.find(|(_, asset, _)| asset.id.ends_with(&suffix)).map(|(_, asset, _)| &asset.id)
    });
    let holder = Holder {
        at,
        asset,
        named: Arc::clone(balancer.or(instance.map(|(_, asset, _)| &asset.id)).unwrap_or(&asset.id)),
        attachment: Attachment {
            id: Arc::clone(balancer.unwrap_or(&asset.id)),
            at,
            bearer: bearer_of(context.inventory, asset, interface),
            addresses: interface.private_addresses.clone(),
        },
        subnet: &interface.subnet,
        vpc: &interface.vpc,
    };
    holder.exposure(context, &interface.public_addresses, is_nat(interface), unknown)
}

pub(super) fn instance(of: &Of<'_, Instance>, unknown: &mut Unknown) -> Exposure {
    let Of { context, at, asset, body: instance } = *of;
    let told = instance.public_addresses.iter().filter(|address| !context.network().on_interface(address));
    let public: Vec<IpAddr> = told.copied().collect();
    holder_of(at, asset, instance).exposure(context, &public, false, unknown)
}

fn holder_of<'a>(at: usize, asset: &'a Asset, instance: &'a Instance) -> Holder<'a> {
    let bearer = super::context::bearer_of_instance(asset);
    let addresses = instance.private_addresses.clone();
    let (id, named) = (Arc::clone(&asset.id), Arc::clone(&asset.id));
    let attachment = Attachment { id, at, bearer, addresses };
    Holder { at, asset, named, attachment, subnet: &instance.subnet, vpc: &instance.vpc }
}

pub(super) fn elastic_ip(of: &Of<'_, ElasticIp>, unknown: &mut Unknown) -> Exposure {
    let Of { context, asset, body: ip, .. } = *of;
    let network = context.network();
    let told = ip.address.iter().filter(|a| !network.on_interface(a) && !network.on_instance(a));
    let public: Vec<IpAddr> = told.copied().collect();
    let instance = ip.instance.as_deref().and_then(|id| context.inventory.find::<Instance>(id));
    let interface = ip.interface.as_deref().and_then(|id| context.inventory.find::<NetworkInterface>(id));
    let nothing = Exposure {
        public: vec![],
        holder: short_of(&asset.id),
        nat: false,
        blocked: Some(false),
        approved_by: vec![],
        expired: vec![],
    };
    match (instance, interface) {
        _ if public.is_empty() => nothing,
        (Some((at, asset, instance)), _) => holder_of(at, asset, instance).exposure(context, &public, false, unknown),
        (None, Some((at, asset, body))) => {
            let interface = self::interface(&Of { context, at, asset, body }, unknown);
            Exposure { public: public.iter().map(ToString::to_string).collect(), ..interface }
        }
        (None, None) => {
            // whose it is, nobody told: an address that is held by nothing reaches nothing
            if let Some(id) = ip.interface.as_deref().or(ip.instance.as_deref()) {
                unknown.say("public", Reason::NotInInventory, id);
            }
            nothing
        }
    }
}
