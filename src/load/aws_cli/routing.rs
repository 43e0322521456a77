//! Route tables, network ACLs, peerings and transit gateways.

use ipnet::IpNet;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::ec2::nets;
use super::{Read, Reader, TagList, present};
use crate::load::batch::Piece;
use crate::model::{
    AclEntry, NetworkAcl, PeeringSide, Place, Route, RouteTable, TransitGateway, TransitGatewayAttachment,
    TransitGatewayRouteTable, VpcPeeringConnection,
};

pub(super) fn route_table(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Association {
        main: Option<bool>,
        subnet_id: Option<String>,
        gateway_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct RouteShape {
        destination_cidr_block: Option<String>,
        destination_ipv6_cidr_block: Option<String>,
        destination_prefix_list_id: Option<String>,
        gateway_id: Option<String>,
        nat_gateway_id: Option<String>,
        transit_gateway_id: Option<String>,
        vpc_peering_connection_id: Option<String>,
        network_interface_id: Option<String>,
        instance_id: Option<String>,
        egress_only_internet_gateway_id: Option<String>,
        local_gateway_id: Option<String>,
        carrier_gateway_id: Option<String>,
        core_network_arn: Option<String>,
        state: Option<String>,
        origin: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        route_table_id: String,
        vpc_id: String,
        owner_id: Option<String>,
        associations: Option<Vec<Association>>,
        routes: Option<Vec<RouteShape>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), None);
    let associations = s.associations.unwrap_or_default();
    let mut body = RouteTable {
        vpc: s.vpc_id,
        main: associations.iter().any(|a| a.main == Some(true)),
        subnets: associations.iter().filter_map(|a| a.subnet_id.clone()).collect(),
        gateways: associations.iter().filter_map(|a| a.gateway_id.clone()).collect(),
        routes: vec![],
    };
    body.subnets.sort();
    body.gateways.sort();
    for r in s.routes.unwrap_or_default() {
        let destination = r.destination_cidr_block.or(r.destination_ipv6_cidr_block).or(r.destination_prefix_list_id);
        // a route to an interface names its instance as well: the interface is what it goes to
        let target = [
            r.network_interface_id,
            r.gateway_id,
            r.nat_gateway_id,
            r.transit_gateway_id,
            r.vpc_peering_connection_id,
            r.egress_only_internet_gateway_id,
            r.local_gateway_id,
            r.carrier_gateway_id,
            r.core_network_arn,
            r.instance_id,
        ];
        body.routes.push(Route {
            destination: destination.unwrap_or_default(),
            target: target.into_iter().flatten().next().unwrap_or_default(),
            state: r.state.unwrap_or_default(),
            source: r.origin.unwrap_or_default(),
        });
    }
    body.routes.sort();
    reader.ec2(&format!("route-table/{}", s.route_table_id), place, raw, s.tags, body);
    Ok(())
}

pub(super) fn network_acl(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Association {
        subnet_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct PortRange {
        from: Option<i64>,
        to: Option<i64>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct IcmpTypeCode {
        r#type: Option<i64>,
        code: Option<i64>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Entry {
        egress: bool,
        rule_number: i64,
        protocol: String,
        rule_action: String,
        cidr_block: Option<String>,
        ipv6_cidr_block: Option<String>,
        port_range: Option<PortRange>,
        icmp_type_code: Option<IcmpTypeCode>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        network_acl_id: String,
        vpc_id: String,
        owner_id: Option<String>,
        is_default: Option<bool>,
        associations: Option<Vec<Association>>,
        entries: Option<Vec<Entry>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), None);
    let mut entries: Vec<AclEntry> = s
        .entries
        .unwrap_or_default()
        .into_iter()
        .map(|e| {
            let (from_port, to_port) = match (e.port_range, e.icmp_type_code) {
                (Some(ports), _) => (ports.from, ports.to),
                (_, Some(icmp)) => (icmp.r#type, icmp.code),
                _ => (None, None),
            };
            AclEntry {
                egress: e.egress,
                number: e.rule_number,
                protocol: e.protocol,
                cidr: e.cidr_block.or(e.ipv6_cidr_block).unwrap_or_default(),
                from_port,
                to_port,
                allow: e.rule_action == "allow",
            }
        })
        .collect();
    entries.sort();
    let mut subnets: Vec<String> = s.associations.unwrap_or_default().into_iter().filter_map(|a| a.subnet_id).collect();
    subnets.sort();
    let body = NetworkAcl { vpc: s.vpc_id, default: s.is_default.unwrap_or(false), subnets, entries };
    reader.ec2(&format!("network-acl/{}", s.network_acl_id), place, raw, s.tags, body);
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SideShape {
    vpc_id: Option<String>,
    owner_id: Option<String>,
    region: Option<String>,
    cidr_block: Option<String>,
    cidr_block_set: Option<Vec<CidrBlock>>,
    ipv6_cidr_block_set: Option<Vec<Ipv6CidrBlock>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CidrBlock {
    cidr_block: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ipv6CidrBlock {
    ipv6_cidr_block: String,
}

impl SideShape {
    fn read(self) -> Result<PeeringSide, serde_json::Error> {
        let v4 = self.cidr_block_set.unwrap_or_default().into_iter().map(|b| b.cidr_block);
        let v6 = self.ipv6_cidr_block_set.unwrap_or_default().into_iter().map(|b| b.ipv6_cidr_block);
        let all: Vec<String> = self.cidr_block.into_iter().chain(v4).chain(v6).collect();
        let cidrs: Vec<IpNet> = nets(all.iter().map(String::as_str))?;
        Ok(PeeringSide {
            vpc: self.vpc_id.unwrap_or_default(),
            account: self.owner_id.unwrap_or_default(),
            region: self.region.unwrap_or_default(),
            cidrs,
        })
    }
}

pub(super) fn peering(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Status {
        code: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        vpc_peering_connection_id: String,
        status: Option<Status>,
        requester_vpc_info: Option<SideShape>,
        accepter_vpc_info: Option<SideShape>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let requester = s.requester_vpc_info.unwrap_or_default().read()?;
    let accepter = s.accepter_vpc_info.unwrap_or_default().read()?;
    // both ends' accounts list the connection: it is the requester's, so that the two answers are one asset
    let some = |text: &str| (!text.is_empty()).then(|| text.into());
    let place = Place {
        account: some(&requester.account).or_else(|| reader.batch.place.account.clone()),
        region: some(&requester.region).or_else(|| reader.batch.place.region.clone()),
        ..Place::default()
    };
    let status = s.status.and_then(|status| status.code).unwrap_or_default();
    let body = VpcPeeringConnection { status, requester, accepter };
    reader.ec2(&format!("vpc-peering-connection/{}", s.vpc_peering_connection_id), place, raw, s.tags, body);
    Ok(())
}

pub(super) fn transit_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        transit_gateway_id: String,
        transit_gateway_arn: Option<String>,
        owner_id: Option<String>,
        state: Option<String>,
        description: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), s.transit_gateway_arn.as_deref());
    let body = TransitGateway { state: s.state.unwrap_or_default(), description: s.description.unwrap_or_default() };
    reader.ec2(&format!("transit-gateway/{}", s.transit_gateway_id), place, raw, s.tags, body);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttachmentShape {
    transit_gateway_attachment_id: String,
    transit_gateway_id: String,
    transit_gateway_owner_id: Option<String>,
    resource_type: Option<String>,
    resource_id: Option<String>,
    resource_owner_id: Option<String>,
    vpc_id: Option<String>,
    vpc_owner_id: Option<String>,
    subnet_ids: Option<Vec<String>>,
    state: Option<String>,
    association: Option<AssociationShape>,
    #[serde(default)]
    tags: TagList,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssociationShape {
    transit_gateway_route_table_id: Option<String>,
}

/// `describe-transit-gateway-attachments`: every type, with the associated table, without subnets.
pub(super) fn attachment(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    let s: AttachmentShape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.transit_gateway_owner_id.as_deref(), None);
    add_attachment(reader, raw, s, place);
    Ok(())
}

/// `describe-transit-gateway-vpc-attachments`: subnets, no table; joined with the answer above by id.
pub(super) fn vpc_attachment(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    let mut s: AttachmentShape = serde_json::from_str(raw.get())?;
    s.resource_type = Some("vpc".to_owned());
    s.resource_id = s.vpc_id.take();
    s.resource_owner_id = s.vpc_owner_id.take();
    let place = reader.place(s.transit_gateway_owner_id.as_deref(), None);
    add_attachment(reader, raw, s, place);
    Ok(())
}

fn add_attachment(reader: &mut Reader<'_>, raw: &RawValue, s: AttachmentShape, place: Place) {
    let mut subnets = s.subnet_ids.unwrap_or_default();
    subnets.sort();
    let body = TransitGatewayAttachment {
        gateway: s.transit_gateway_id,
        resource_type: s.resource_type.unwrap_or_default(),
        resource: s.resource_id.unwrap_or_default(),
        resource_account: s.resource_owner_id.unwrap_or_default(),
        state: s.state.unwrap_or_default(),
        subnets,
        route_table: s.association.and_then(|a| a.transit_gateway_route_table_id),
    };
    let id = format!("transit-gateway-attachment/{}", s.transit_gateway_attachment_id);
    let arn = reader.arn(&place, "ec2", &id);
    let asset = reader.asset(arn, place, raw, s.tags.into_map(), body);
    reader.piece(Piece::Attachment(Box::new(asset)));
}

pub(super) fn transit_route_table(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        transit_gateway_route_table_id: String,
        transit_gateway_id: String,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(None, None);
    let body = TransitGatewayRouteTable { gateway: s.transit_gateway_id, routes: None, propagations: None };
    let id = format!("transit-gateway-route-table/{}", s.transit_gateway_route_table_id);
    reader.ec2(&id, place, raw, s.tags, body);
    Ok(())
}

/// `search-transit-gateway-routes`, wrapped with its table.
pub(super) fn static_routes(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Via {
        transit_gateway_attachment_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct RouteShape {
        destination_cidr_block: Option<String>,
        prefix_list_id: Option<String>,
        transit_gateway_attachments: Option<Vec<Via>>,
        r#type: Option<String>,
        state: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        transit_gateway_route_table_id: String,
        #[serde(deserialize_with = "present")]
        routes: Option<Vec<RouteShape>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    // null says nothing: the table stays one whose routes were not collected
    let Some(listed) = s.routes else { return Ok(()) };
    let mut routes = Vec::new();
    for r in listed {
        let destination = r.destination_cidr_block.or(r.prefix_list_id).unwrap_or_default();
        let route = Route {
            destination,
            target: String::new(),
            state: r.state.unwrap_or_default(),
            source: r.r#type.unwrap_or_else(|| "static".to_owned()),
        };
        // equal-cost paths: one route each
        let via: Vec<String> = r
            .transit_gateway_attachments
            .unwrap_or_default()
            .into_iter()
            .filter_map(|via| via.transit_gateway_attachment_id)
            .collect();
        if via.is_empty() {
            routes.push(route);
        } else {
            routes.extend(via.into_iter().map(|target| Route { target, ..route.clone() }));
        }
    }
    routes.sort();
    reader.piece(Piece::TransitRoutes(s.transit_gateway_route_table_id, routes));
    Ok(())
}

/// `get-transit-gateway-route-table-propagations`, wrapped with its table.
pub(super) fn propagations(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Propagation {
        transit_gateway_attachment_id: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        transit_gateway_route_table_id: String,
        #[serde(deserialize_with = "present")]
        transit_gateway_route_table_propagations: Option<Vec<Propagation>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let Some(all) = s.transit_gateway_route_table_propagations else { return Ok(()) };
    let mut all: Vec<String> = all.into_iter().map(|p| p.transit_gateway_attachment_id).collect();
    all.sort();
    reader.piece(Piece::TransitPropagations(s.transit_gateway_route_table_id, all));
    Ok(())
}
