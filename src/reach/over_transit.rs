//! Over a transit gateway: attachment subnets, their ACLs and tables, and the way on in the other VPC.
//!
//! Source: Amazon VPC Transit Gateways, "How network ACLs work with transit gateways", "Transit gateway attachments to a
//! VPC": a subnet sends by the attachment's subnet in its own Availability Zone; what arrives is steered by the table of
//! the attachment's subnet.

use std::net::IpAddr;

use super::guards::Tri;
use super::network::{Network, SubnetNode, short};
use super::routes::Next;
use super::transit::{Attachment, Onward, Transit};
use super::walk::{End, Referral, Walk, passes};
use super::way::{Point, Step, Stop};
use crate::model::short_of;

/// Out of one of an attachment's subnets, or of none of them.
fn out_by(subnets: Vec<&str>, or_none: bool, address: IpAddr) -> Step<'_> {
    match subnets.as_slice() {
        [subnet] if !or_none => Step::Acl { subnet, egress: true, address },
        _ => Step::AnyAcl { subnets, or_none, egress: true, address },
    }
}

/// Whether two subnets lie in one zone: names of zones are an account's own, ids are not.
///
/// Source: AWS Regions and Availability Zones, "AZ IDs".
fn same_zone(a: &SubnetNode<'_>, b: &SubnetNode<'_>) -> Option<bool> {
    let (first, second) = (&a.body.availability_zone_id, &b.body.availability_zone_id);
    if !first.is_empty() && !second.is_empty() {
        return Some(first == second);
    }
    (a.asset.place.account == b.asset.place.account).then(|| a.body.availability_zone == b.body.availability_zone)
}

/// Whether a zone is no Local or Wavelength Zone: `eu-west-1a`.
fn is_availability_zone(name: &str) -> bool {
    let last = name.rsplit('-').next().unwrap_or_default();
    name.matches('-').count() <= 3
        && last.len() == 2
        && last.starts_with(|c: char| c.is_ascii_digit())
        && last.ends_with(|c: char| c.is_ascii_lowercase())
        && name.matches(|c: char| c.is_ascii_digit()).count() == 1
}

/// The walk in another VPC, or the leg's end.
type Outcome<'n> = Result<Walk<'n>, Box<End<'n>>>;

impl<'a> Network<'a> {
    pub(super) fn over_transit<'n>(&'n self, mut walk: Walk<'n>, id: &'n str) -> Outcome<'n> {
        let Some(transit) = self.transits.get(id) else {
            return Err(Box::new(self.stopped(walk, Stop::unknown(id, "the transit gateway was not collected"))));
        };
        let Some(from) = transit.of_vpc(walk.vpc) else {
            let why = format!("the attachment of {} was not collected, or carries nothing", walk.vpc);
            return Err(Box::new(self.stopped(walk, Stop::unknown(id, why))));
        };
        match self.sender(walk.subnet, from) {
            // inbound rules of the attachment's subnet, also where the source lies in it
            Ok(subnet) => walk.steps.push(Step::Acl { subnet, egress: false, address: walk.from.address() }),
            Err(stop) => return Err(Box::new(self.stopped(walk, stop))),
        }
        self.past_attachment(walk, transit, from, &mut vec![])
    }

    /// The attachment's subnet that a subnet sends by: the one in its own zone.
    pub(super) fn sender<'n>(&'n self, subnet: &str, from: &'n Attachment<'a>) -> Result<&'n str, Stop> {
        let unknown = |what: &str| Err(Stop::unknown(&from.asset.id, format!("{what} was not collected")));
        let Some(node) = self.subnets.get(subnet) else { return unknown(subnet) };
        let zone = &node.body.availability_zone;
        // a Local Zone sends by its parent zone, which is not collected
        if from.body.subnets.is_empty() || !is_availability_zone(zone) {
            return unknown("which of its zones the subnet sends by");
        }
        for own in &from.body.subnets {
            let Some(door) = self.subnets.get(own.as_str()) else { return unknown(own) };
            match same_zone(node, door) {
                Some(true) => return Ok(own),
                Some(false) => {}
                None => return unknown("ids of zones, which tell them apart between accounts,"),
            }
        }
        Err(Stop::denied(&from.asset.id, format!("has no subnet in {zone}, where {subnet} lies")))
    }

    /// By the table of an attachment to another one; `passed` are attachments of peerings that were passed before.
    fn past_attachment<'n>(
        &'n self,
        mut walk: Walk<'n>,
        transit: &'n Transit<'a>,
        from: &'n Attachment<'a>,
        passed: &mut Vec<&'n str>,
    ) -> Outcome<'n> {
        let Onward { table, by, attachment } = match transit.lookup(self, from, walk.by) {
            Ok(onward) => onward,
            Err(stop) => return Err(Box::new(self.stopped(walk, stop))),
        };
        walk.steps.push(passes(&table.id, &by, &format!("leads to {}", attachment.id)));
        match (attachment.body.resource_type.as_str(), walk.to) {
            ("vpc", _) => {}
            ("peering", _) => return self.over_gateway_peering(walk, attachment, passed),
            (_, Point::Declared(network, _)) if self.lies_behind(network, attachment) => {
                walk.steps.push(passes(&attachment.asset.id, "", "to a declared network"));
                return Err(Box::new(self.arrived(Walk { referral: Referral::both(Tri::No), ..walk })));
            }
            (other, _) => {
                let why = format!("what lies behind an attachment of type {other} is not known");
                return Err(Box::new(self.stopped(walk, Stop::unknown(&attachment.asset.id, why))));
            }
        }
        // "Security group referencing": rules that let in, where gateway and attachment allow it; the latter is not read
        let into = if transit.body.security_group_referencing { Tri::Unknown } else { Tri::No };
        walk.referral = Referral { out: Tri::No, into, over: None };
        self.enter_vpc(walk, attachment)
    }

    /// To the gateway at the other end of a peering, and by the table that its end of the peering is associated with.
    ///
    /// Source: Amazon VPC Transit Gateways, "Transit gateway peering attachments": both ends bear one attachment id, and
    /// each gateway has static routes to the other. Whether references to groups count is not told: they may.
    fn over_gateway_peering<'n>(
        &'n self,
        mut walk: Walk<'n>,
        attachment: &'n Attachment<'a>,
        passed: &mut Vec<&'n str>,
    ) -> Outcome<'n> {
        let at = &attachment.asset.id;
        let other = short_of(&attachment.body.resource);
        if passed.iter().filter(|id| **id == attachment.id).count() > 1 {
            let why = "the tables of the peered gateways send the address back and forth";
            return Err(Box::new(self.stopped(walk, Stop::unknown(at, why))));
        }
        let end =
            self.transits.get(other.as_str()).and_then(|transit| Some((transit, transit.attachment(&attachment.id)?)));
        let Some((transit, end)) = end else {
            let why = format!("{other}, the gateway at the other end, or its end of the peering, was not collected");
            return Err(Box::new(self.stopped(walk, Stop::unknown(at, why))));
        };
        let why = format!("is {}", end.body.state);
        match end.body.carries() {
            Some(true) => {}
            Some(false) => return Err(Box::new(self.stopped(walk, Stop::denied(&end.asset.id, why)))),
            None => return Err(Box::new(self.stopped(walk, Stop::unknown(&end.asset.id, why)))),
        }
        passed.push(&attachment.id);
        walk.steps.push(passes(at, "", &format!("peered with {other}")));
        self.past_attachment(walk, transit, end, passed)
    }

    /// Into the VPC of an attachment, by one of its subnets.
    fn enter_vpc<'n>(&'n self, mut walk: Walk<'n>, attachment: &'n Attachment<'a>) -> Outcome<'n> {
        let doors: Vec<&str> = attachment.body.subnets.iter().map(String::as_str).collect();
        let tables: Option<Vec<_>> =
            doors.iter().map(|door| Some(self.subnets.get(door)?.table.as_ref()?.lookup(walk.by))).collect();
        let Some((first, rest)) = tables.as_deref().and_then(<[Next<'_>]>::split_first) else {
            let why = "its subnets, or their route tables, were not collected";
            return Err(Box::new(self.stopped(walk, Stop::unknown(&attachment.asset.id, why))));
        };
        if rest.iter().any(|other| other != first) {
            let why = "tables of its subnets send the address different ways";
            return Err(Box::new(self.stopped(walk, Stop::unknown(&attachment.asset.id, why))));
        }
        walk.vpc = &attachment.body.resource;
        let address = walk.from.address();
        let target = self.direct(walk.to, walk.by, walk.vpc).filter(|_| *first == Next::Local);
        let Some(target) = target else {
            walk.subnet = doors.first().copied().unwrap_or_default();
            let step = out_by(doors, false, walk.by);
            walk.steps.push(step);
            return Ok(walk);
        };
        // where instances share the attachment's subnet, its ACL is not evaluated for what comes to them
        let or_none = doors.contains(&target);
        let others: Vec<&str> = doors.into_iter().filter(|door| *door != target).collect();
        if others.is_empty() {
            return Err(Box::new(self.arrived(walk)));
        }
        walk.steps.push(out_by(others, or_none, walk.by));
        walk.steps.push(if or_none {
            Step::AnyAcl { subnets: vec![target], or_none, egress: false, address }
        } else {
            Step::Acl { subnet: target, egress: false, address }
        });
        Err(Box::new(self.arrived(walk)))
    }

    /// Whether a declared network lies behind an attachment.
    fn lies_behind(&self, network: usize, attachment: &Attachment<'_>) -> bool {
        let via = self.declared.get(network).map_or("", |declared| declared.via.as_str());
        via == attachment.id || via == short_of(&attachment.body.resource)
    }

    /// Whether a declared network has a way in over a transit gateway.
    pub(super) fn enters_by_transit(&self, network: usize) -> bool {
        let all = self.transits.values().flat_map(|transit| &transit.attachments);
        all.into_iter().any(|attachment| self.lies_behind(network, attachment))
    }

    /// In from a declared network by a transit gateway.
    pub(super) fn declared_over_transit<'n>(&'n self, walk: Walk<'n>, via: &str) -> End<'n> {
        let Point::Declared(network, _) = walk.from else {
            return self.stopped(walk, Stop::unknown(via, "is no declared network"));
        };
        let entries = self.transits.values().flat_map(|transit| transit.attachments.iter().map(move |a| (transit, a)));
        let mut entries: Vec<_> = entries.filter(|(_, attachment)| self.lies_behind(network, attachment)).collect();
        entries.sort_by_key(|(_, attachment)| &attachment.asset.id);
        let [(transit, attachment)] = entries.as_slice() else {
            return self.stopped(walk, Stop::unknown(via, "where the network enters the estate is not known"));
        };
        match self.past_attachment(walk, transit, attachment, &mut vec![]) {
            Ok(walk) => {
                let why = format!("the way from {via} goes on in {}", walk.vpc);
                self.stopped(walk, Stop::unknown(short(attachment.asset), why))
            }
            Err(end) => *end,
        }
    }
}
