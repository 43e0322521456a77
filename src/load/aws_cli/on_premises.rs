//! What leads out of AWS: VPN and Direct Connect.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ec2::nets;
use super::gateways::{VpcAttachment, attached};
use super::{Read, Reader, TagList};
use crate::model::{
    CustomerGateway, DirectConnectGateway, DirectConnectGatewayAssociation, Tags, VpnConnection, VpnGateway,
};

pub(super) fn vpn_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        vpn_gateway_id: String,
        vpc_attachments: Option<Vec<VpcAttachment>>,
        state: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(None, None);
    let body = VpnGateway { vpcs: attached(s.vpc_attachments), state: s.state.unwrap_or_default() };
    reader.ec2(&format!("vpn-gateway/{}", s.vpn_gateway_id), place, raw, s.tags, body);
    Ok(())
}

pub(super) fn customer_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        customer_gateway_id: String,
        ip_address: Option<String>,
        device_name: Option<String>,
        state: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(None, None);
    let body = CustomerGateway {
        address: s.ip_address.and_then(|text| text.parse().ok()),
        device: s.device_name.unwrap_or_default(),
        state: s.state.unwrap_or_default(),
    };
    reader.ec2(&format!("customer-gateway/{}", s.customer_gateway_id), place, raw, s.tags, body);
    Ok(())
}

/// `describe-vpn-connections`. `CustomerGatewayConfiguration` and tunnel options hold shared keys: they are not read.
pub(super) fn vpn_connection(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Options {
        static_routes_only: Option<bool>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct StaticRoute {
        destination_cidr_block: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        vpn_connection_id: String,
        customer_gateway_id: Option<String>,
        vpn_gateway_id: Option<String>,
        transit_gateway_id: Option<String>,
        state: Option<String>,
        options: Option<Options>,
        routes: Option<Vec<StaticRoute>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let routes: Vec<String> =
        s.routes.unwrap_or_default().into_iter().filter_map(|route| route.destination_cidr_block).collect();
    let body = VpnConnection {
        customer_gateway: s.customer_gateway_id.unwrap_or_default(),
        vpn_gateway: s.vpn_gateway_id,
        transit_gateway: s.transit_gateway_id,
        state: s.state.unwrap_or_default(),
        static_routes_only: s.options.and_then(|options| options.static_routes_only).unwrap_or(false),
        routes: nets(routes.iter().map(String::as_str))?,
    };
    let place = reader.place(None, None);
    reader.ec2(&format!("vpn-connection/{}", s.vpn_connection_id), place, raw, s.tags, body);
    Ok(())
}

/// `aws directconnect describe-direct-connect-gateways`; Direct Connect prints camel case, and its gateways are global.
pub(super) fn direct_connect_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    struct LowerTag {
        key: String,
        value: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        direct_connect_gateway_id: String,
        direct_connect_gateway_name: Option<String>,
        owner_account: Option<String>,
        direct_connect_gateway_state: Option<String>,
        tags: Option<Vec<LowerTag>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_account.as_deref(), None);
    let body = DirectConnectGateway {
        name: s.direct_connect_gateway_name.unwrap_or_default(),
        state: s.direct_connect_gateway_state.unwrap_or_default(),
    };
    let tags: Tags =
        s.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value.unwrap_or_default())).collect();
    let global = crate::model::Place { region: None, ..place };
    let id = reader.arn(&global, "directconnect", &format!("dx-gateway/{}", s.direct_connect_gateway_id));
    reader.add(id, global, raw, tags, body);
    Ok(())
}

/// `aws directconnect describe-direct-connect-gateway-associations`.
pub(super) fn direct_connect_association(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Associated {
        id: Option<String>,
        r#type: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Prefix {
        cidr: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shape {
        association_id: String,
        direct_connect_gateway_id: Option<String>,
        direct_connect_gateway_owner_account: Option<String>,
        association_state: Option<String>,
        associated_gateway: Option<Associated>,
        virtual_gateway_id: Option<String>,
        allowed_prefixes_to_direct_connect_gateway: Option<Vec<Prefix>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let associated = s.associated_gateway.unwrap_or_default();
    let prefixes = s.allowed_prefixes_to_direct_connect_gateway.unwrap_or_default();
    let body = DirectConnectGatewayAssociation {
        gateway: s.direct_connect_gateway_id.unwrap_or_default(),
        associated: associated.id.or(s.virtual_gateway_id).unwrap_or_default(),
        associated_type: associated.r#type.unwrap_or_default(),
        state: s.association_state.unwrap_or_default(),
        allowed_prefixes: nets(prefixes.iter().map(|prefix| prefix.cidr.as_str()))?,
    };
    let place = reader.place(s.direct_connect_gateway_owner_account.as_deref(), None);
    let id = reader.arn(&place, "directconnect", &format!("dx-gateway-association/{}", s.association_id));
    reader.add(id, place, raw, Tags::default(), body);
    Ok(())
}
