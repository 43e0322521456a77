//! Transit gateways: attachments, route tables, static routes and propagations.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, Reader, TagList, present};
use crate::load::batch::Piece;
use crate::model::{Place, Route, TransitGateway, TransitGatewayAttachment, TransitGatewayRouteTable};

pub(super) fn transit_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Options {
        security_group_referencing_support: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        transit_gateway_id: String,
        transit_gateway_arn: Option<String>,
        owner_id: Option<String>,
        state: Option<String>,
        description: Option<String>,
        options: Option<Options>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), s.transit_gateway_arn.as_deref());
    let referencing = s.options.and_then(|options| options.security_group_referencing_support);
    let body = TransitGateway {
        state: s.state.unwrap_or_default(),
        description: s.description.unwrap_or_default(),
        security_group_referencing: referencing.as_deref() == Some("enable"),
    };
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

/// `describe-transit-gateway-peering-attachments`: the two gateways, no table. Both sides list it under one id: it is
/// the side's in whose account and Region it was read, the requester's if the path does not tell.
pub(super) fn peering_attachment(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Side {
        transit_gateway_id: Option<String>,
        owner_id: Option<String>,
        region: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        transit_gateway_attachment_id: String,
        requester_tgw_info: Option<Side>,
        accepter_tgw_info: Option<Side>,
        state: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let read = &reader.batch.place;
    let here = |side: &Side| {
        let same = |own: Option<&str>, told: Option<&str>| own.is_none() || told.is_none() || own == told;
        same(read.account.as_deref(), side.owner_id.as_deref()) && same(read.region.as_deref(), side.region.as_deref())
    };
    let (requester, accepter) = (s.requester_tgw_info.unwrap_or_default(), s.accepter_tgw_info.unwrap_or_default());
    let (own, other) = if here(&requester) || !here(&accepter) { (requester, accepter) } else { (accepter, requester) };
    let place = reader.place(own.owner_id.as_deref(), None);
    let shape = AttachmentShape {
        transit_gateway_attachment_id: s.transit_gateway_attachment_id,
        transit_gateway_id: own.transit_gateway_id.unwrap_or_default(),
        transit_gateway_owner_id: None,
        resource_type: Some("peering".to_owned()),
        resource_id: other.transit_gateway_id,
        resource_owner_id: other.owner_id,
        vpc_id: None,
        vpc_owner_id: None,
        subnet_ids: None,
        state: s.state,
        association: None,
        tags: s.tags,
    };
    add_attachment(reader, raw, shape, place);
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
        additional_routes_available: Option<bool>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    // null says nothing: the table stays one whose routes were not collected
    // at most 1,000 come in an answer: with more of them it is not the table
    let Some(listed) = s.routes.filter(|_| s.additional_routes_available != Some(true)) else { return Ok(()) };
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
