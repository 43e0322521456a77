//! AWS CLI answers (`aws … describe-* > file.json`) to assets.
//!
//! The top-level keys say what a file holds, its name does not matter. Values are read as slices of the text, so every
//! asset knows its line. To read a new key: a line in [`KEYS`] and a function that turns one item into assets.

mod ec2;
mod eks;
mod eks_access;
mod elb;
mod gateways;
mod groups;
mod on_premises;
mod organization;
mod owners;
mod private_link;
mod routing;
mod transit;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::batch::{Batch, Piece};
use super::manifests;
use crate::model::{Asset, Body, GapReason, Listed, Listing, Place, Spot, Tags, arn_of, counted};
use crate::node::{Entries, Lines, Node};

/// Keys of answers that are about one parent, and the kind of what they hold: an item that could not be read, or a page
/// that was not, makes the kind fall short in its place.
const OF_PARENTS: &[(&str, &str)] = &[
    ("Instances", "instance"),
    ("Listeners", "listener"),
    ("LoadBalancerListeners", "listener"),
    ("LoadBalancerRules", "listener-rule"),
    ("LoadBalancerTargetHealth", "target"),
    ("Rules", "listener-rule"),
    ("SecurityGroupRules", "security-group-rule"),
    ("TargetHealthDescriptions", "target"),
];

type Read = Result<(), serde_json::Error>;
type Handler = fn(&mut Reader<'_>, &RawValue) -> Read;

/// What each top-level key holds: the kinds of which its answer is all there are in an account and Region (none where
/// the call is about one parent), and how one item is read.
const KEYS: &[(&str, &[&str], Handler)] = &[
    ("AccountTags", &[], organization::account_tags),
    ("Accounts", &["account"], organization::account),
    ("Addresses", &["elastic-ip"], gateways::address),
    ("AllowedPrincipals", &[], private_link::allowed_principal),
    ("CustomerGateways", &["customer-gateway"], on_premises::customer_gateway),
    ("EgressOnlyInternetGateways", &["egress-only-internet-gateway"], gateways::egress_only_gateway),
    ("EksAccessPolicies", &[], eks_access::access_policies),
    ("FlowLogs", &["flow-log"], gateways::flow_log),
    ("Instances", &[], ec2::instance),
    ("InternetGateways", &["internet-gateway"], gateways::internet_gateway),
    ("Listeners", &[], elb::listener),
    ("LoadBalancerListeners", &[], elb::wrapped_listeners),
    ("LoadBalancerRules", &[], elb::wrapped_rules),
    ("LoadBalancerTargetHealth", &[], elb::target_health),
    ("LoadBalancers", &["load-balancer"], elb::load_balancer),
    ("ManagedPrefixListEntries", &[], groups::prefix_list_entries),
    ("ManagedPrefixLists", &["prefix-list"], groups::prefix_list),
    ("NatGateways", &["nat-gateway"], gateways::nat_gateway),
    ("NetworkAcls", &["network-acl"], routing::network_acl),
    ("NetworkInterfaces", &["network-interface"], ec2::network_interface),
    ("OrganizationalUnits", &[], organization::unit),
    ("PrefixLists", &[], groups::prefix_list),
    ("Reservations", &["instance"], ec2::reservation),
    ("RouteTables", &["route-table"], routing::route_table),
    ("Rules", &[], elb::rule),
    ("SecurityGroupRules", &[], groups::listed_rule),
    ("SecurityGroupVpcAssociations", &["security-group-vpc-association"], groups::vpc_association),
    ("SecurityGroups", &["security-group", "security-group-rule"], groups::security_group),
    ("ServiceConfigurations", &["vpc-endpoint-service"], private_link::service),
    ("StaleSecurityGroupSet", &[], groups::stale),
    ("Subnets", &["subnet"], ec2::subnet),
    ("TagDescriptions", &[], elb::tags),
    ("TargetGroups", &["target-group"], elb::target_group),
    ("TransitGatewayAttachments", &["transit-gateway-attachment"], transit::attachment),
    ("TransitGatewayPeeringAttachments", &[], transit::peering_attachment),
    ("TransitGatewayPropagations", &[], transit::propagations),
    ("TransitGatewayRouteTables", &["transit-gateway-route-table"], transit::transit_route_table),
    ("TransitGatewayStaticRoutes", &[], transit::static_routes),
    ("TransitGatewayVpcAttachments", &[], transit::vpc_attachment),
    ("TransitGateways", &["transit-gateway"], transit::transit_gateway),
    ("VpcBlockPublicAccessExclusions", &["block-public-access-exclusion"], gateways::block_public_access_exclusion),
    ("VpcBlockPublicAccessOptions", &["block-public-access"], gateways::block_public_access),
    ("VpcEndpointConnections", &["vpc-endpoint-connection"], private_link::connection),
    ("VpcEndpointServicePermissions", &[], private_link::permissions),
    ("VpcEndpoints", &["vpc-endpoint"], private_link::endpoint),
    ("VpcPeeringConnections", &["vpc-peering-connection"], routing::peering),
    ("Vpcs", &["vpc"], ec2::vpc),
    ("VpnConnections", &["vpn-connection"], on_premises::vpn_connection),
    ("VpnGateways", &["vpn-gateway"], on_premises::vpn_gateway),
    ("accessEntry", &[], eks_access::access_entry),
    ("addon", &[], eks::addon),
    ("cluster", &[], eks::cluster),
    ("directConnectGatewayAssociations", &[], on_premises::direct_connect_association),
    ("directConnectGateways", &[], on_premises::direct_connect_gateway),
    ("fargateProfile", &[], eks::fargate_profile),
    ("nodegroup", &[], eks::node_group),
];

/// Reads all JSON values of a text: AWS answers and Kubernetes objects alike.
pub(super) fn read(text: &str, batch: &mut Batch) {
    let lines = Lines::new(text);
    let mut reader = Reader { batch, lines: &lines };
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    loop {
        match stream.next() {
            None => return,
            Some(Ok(raw)) => reader.top(raw),
            Some(Err(error)) => {
                let spot = Spot {
                    line: error.line().try_into().unwrap_or(u32::MAX),
                    column: error.column().try_into().unwrap_or(1),
                };
                let detail = format!("not JSON: {}", plain(&error));
                reader.batch.gap(
                    GapReason::Malformed,
                    detail,
                    "write the file again; it may have been cut off",
                    Some(spot),
                );
                return;
            }
        }
    }
}

/// A `serde_json` message without its position, which is relative to a part of the file.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// Reads one file's values.
pub(super) struct Reader<'a> {
    batch: &'a mut Batch,
    lines: &'a Lines<'a>,
}

/// One tag as EC2 and Organizations print it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: Option<String>,
}

/// A list of tags; `null` is an empty one.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct TagList(Option<Vec<Tag>>);

/// The kinds of which the answer under a key is all there are.
pub(super) fn kinds_of(key: &str) -> &'static [&'static str] {
    KEYS.iter().find(|(name, ..)| *name == key).map_or(&[], |(_, kinds, _)| kinds)
}

/// A list that must be there, if only as `null`: a wrapper without what it wraps is a mistake, not an empty answer.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

impl TagList {
    fn into_map(self) -> Tags {
        let all = self.0.unwrap_or_default();
        all.into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default())).collect()
    }
}

impl Reader<'_> {
    fn top(&mut self, raw: &RawValue) {
        if raw.get().starts_with('[') {
            match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
                Ok(items) => items.into_iter().for_each(|item| self.top(item)),
                Err(error) => self.bad("list", raw, &error),
            }
            return;
        }
        let Entries(entries) = match serde_json::from_str(raw.get()) {
            Ok(entries) => entries,
            Err(error) => return self.bad("object", raw, &error),
        };
        let has = |name: &str| entries.iter().any(|(key, _)| key == name);
        if has("apiVersion") && has("kind") {
            match Node::from_json(raw, self.lines) {
                Ok(node) => manifests::object(&node, self.batch),
                Err(error) => manifests::bad_document(&error, self.batch),
            }
            return;
        }
        let more = entries.iter().find(|(key, value)| {
            matches!(&**key, "NextToken" | "nextToken" | "NextMarker") && !matches!(value.get(), "null" | "\"\"")
        });
        let more = more.map(|(_, value)| self.lines.of(value));
        for (key, value) in entries {
            if value.get().starts_with('[') {
                let spot = more.unwrap_or_else(|| self.lines.of(value));
                self.piece(Piece::Page(key.clone().into_owned(), more.is_some(), spot));
            }
            match KEYS.iter().find(|(name, ..)| *name == key) {
                Some((name, kinds, handler)) => {
                    let first = self.batch.assets.len();
                    let whole = self.values(name, value, *handler);
                    self.list(kinds, first, whole);
                }
                // paging and request ids tell nothing of the estate
                None if matches!(&*key, "NextToken" | "nextToken" | "NextMarker" | "ResponseMetadata") => {}
                None => self.batch.coverage.skip(key.into_owned()),
            }
        }
    }

    /// Reads all items of a key and says whether that was all of it: a null says nothing.
    fn values(&mut self, key: &str, value: &RawValue, handler: Handler) -> Option<Listed> {
        let items = match value.get().as_bytes().first() {
            Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(value.get()),
            Some(b'n') => return None,
            _ => Ok(vec![value]),
        };
        let mut listed = Listed::Whole;
        match items {
            Ok(items) => {
                if self.nulls(key, &items) {
                    listed = Listed::Partly;
                }
                for item in items {
                    if let Err(error) = handler(self, item) {
                        self.bad(key, item, &error);
                        listed = Listed::Partly;
                    }
                }
            }
            Err(error) => {
                self.bad(key, value, &error);
                listed = Listed::Partly;
            }
        }
        Some(listed)
    }

    /// Whether items have fields that are null. The AWS CLI leaves out what a service does not tell and prints no null:
    /// whoever wrote this one dropped something, and to take it for an empty list or a false would let it pass.
    fn nulls(&mut self, key: &str, items: &[&RawValue]) -> bool {
        let mut fields: BTreeMap<String, (Spot, usize)> = BTreeMap::new();
        for item in items.iter().filter(|item| item.get().contains("null")) {
            let Ok(Entries(entries)) = serde_json::from_str(item.get()) else { continue };
            for (field, value) in entries.into_iter().filter(|(_, value)| value.get() == "null") {
                fields.entry(field.into_owned()).or_insert_with(|| (self.lines.of(value), 0)).1 += 1;
            }
        }
        for (field, (spot, count)) in &fields {
            let detail =
                format!("`{field}` is null in {} of `{key}`, so what it holds is not known", counted(*count, "item"));
            self.batch.gap(GapReason::Malformed, detail, "dump it again as the AWS CLI prints it", Some(*spot));
        }
        !fields.is_empty()
    }

    /// Records what an answer listed. Account and Region are the path's, else those that all its assets name.
    fn list(&mut self, kinds: &[&str], first: usize, listed: Option<Listed>) {
        let Some(listed) = listed else { return };
        let made = self.batch.assets.get(first..).unwrap_or_default();
        let one = |part: fn(&Place) -> &Option<Arc<str>>| {
            let mut all = made.iter().map(|asset| part(&asset.place));
            all.next().filter(|part| all.all(|other| other == *part)).cloned().flatten()
        };
        let place = &self.batch.place;
        let account = place.account.clone().or_else(|| one(|place| &place.account));
        let region = place.region.clone().or_else(|| one(|place| &place.region));
        for kind in kinds {
            let (kind, account, region) = ((*kind).to_owned(), account.clone(), region.clone());
            self.batch.coverage.list(Listing { kind, account, region, cluster: None }, listed);
        }
    }

    fn bad(&mut self, what: &str, raw: &RawValue, error: &serde_json::Error) {
        let spot = self.lines.of_error(raw, error);
        let detail = format!("an item of `{what}` is not as the AWS CLI prints it: {}", plain(error));
        self.batch.gap(GapReason::Malformed, detail, "dump it again; the rest of the file was read", Some(spot));
        self.fell_short(what);
    }

    /// Says of a key's items that not all of them were read.
    fn fell_short(&mut self, key: &str) {
        if let Some((_, kind)) = OF_PARENTS.iter().find(|(name, _)| *name == key) {
            let Place { account, region, .. } = self.batch.place.clone();
            let listing = Listing { kind: (*kind).to_owned(), account, region, cluster: None };
            self.batch.coverage.list(listing, Listed::Partly);
        }
    }

    /// Says of an item's own list that more of it follows, if its answer does.
    fn cut_short(&mut self, key: &str, raw: &RawValue, marker: Option<&String>) -> bool {
        let more = marker.is_some_and(|marker| !marker.is_empty());
        if more {
            let detail = format!("an answer in `{key}` says that more follows");
            let spot = self.spot(raw);
            self.batch.gap(
                GapReason::CutShort,
                detail,
                "dump all pages: leave out --max-items and --no-paginate",
                Some(spot),
            );
            self.fell_short(key);
        }
        more
    }

    fn spot(&self, raw: &RawValue) -> Spot {
        self.lines.of(raw)
    }

    /// The place of an EC2 resource: its owner if it names one, the path's account otherwise; the Region of the path,
    /// of an ARN, or of an availability zone.
    fn place(&self, owner: Option<&str>, hint: Option<&str>) -> Place {
        let account = owner.map(Arc::from).or_else(|| self.batch.place.account.clone());
        let region = self.batch.place.region.clone().or_else(|| hint.and_then(region_in).map(Arc::from));
        Place { account, region, cluster: None, namespace: None }
    }

    fn arn(&self, place: &Place, service: &str, resource: &str) -> String {
        let text = |part: &Option<Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
        arn_of(service, &text(&place.region), &text(&place.account), resource)
    }

    /// Adds an EC2 resource `type/id`.
    fn ec2(&mut self, resource: &str, place: Place, raw: &RawValue, tags: TagList, body: impl Into<Body>) {
        let id = self.arn(&place, "ec2", resource);
        self.add(id, place, raw, tags.into_map(), body);
    }

    fn add(&mut self, id: String, place: Place, raw: &RawValue, tags: Tags, body: impl Into<Body>) {
        let asset = self.asset(id, place, raw, tags, body);
        self.batch.assets.push(asset);
    }

    fn asset(&self, id: String, place: Place, raw: &RawValue, tags: Tags, body: impl Into<Body>) -> Asset {
        self.batch.asset(id, self.spot(raw), place, tags, body)
    }

    fn piece(&mut self, piece: Piece) {
        self.batch.pieces.push(piece);
    }
}

/// The Region in an ARN or an availability zone (`ap-northeast-2a`).
fn region_in(text: &str) -> Option<&str> {
    if text.starts_with("arn:") {
        return text.split(':').nth(3).filter(|region| !region.is_empty());
    }
    let trimmed = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    super::batch::is_region(trimmed).then_some(trimmed)
}
