//! VPC endpoints, endpoint services, their permissions and connections (AWS PrivateLink).

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ec2::GroupName;
use super::{Read, Reader, TagList, present};
use crate::load::batch::Piece;
use crate::model::{Tags, VpcEndpoint, VpcEndpointConnection, VpcEndpointService};

fn sorted(list: Option<Vec<String>>) -> Vec<String> {
    let mut list = list.unwrap_or_default();
    list.sort();
    list
}

pub(super) fn endpoint(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        vpc_endpoint_id: String,
        vpc_endpoint_type: Option<String>,
        vpc_id: Option<String>,
        owner_id: Option<String>,
        service_name: Option<String>,
        state: Option<String>,
        subnet_ids: Option<Vec<String>>,
        groups: Option<Vec<GroupName>>,
        route_table_ids: Option<Vec<String>>,
        network_interface_ids: Option<Vec<String>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), None);
    let groups = s.groups.unwrap_or_default().into_iter().map(|group| group.group_id).collect();
    let body = VpcEndpoint {
        vpc: s.vpc_id.unwrap_or_default(),
        endpoint_type: s.vpc_endpoint_type.unwrap_or_default(),
        service: s.service_name.unwrap_or_default(),
        state: s.state.unwrap_or_default(),
        subnets: sorted(s.subnet_ids),
        groups: sorted(Some(groups)),
        route_tables: sorted(s.route_table_ids),
        interfaces: sorted(s.network_interface_ids),
    };
    reader.ec2(&format!("vpc-endpoint/{}", s.vpc_endpoint_id), place, raw, s.tags, body);
    Ok(())
}

/// `describe-vpc-endpoint-service-configurations`: the account's own services.
pub(super) fn service(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        service_id: String,
        service_name: Option<String>,
        service_state: Option<String>,
        acceptance_required: Option<bool>,
        network_load_balancer_arns: Option<Vec<String>>,
        gateway_load_balancer_arns: Option<Vec<String>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let mut balancers = s.network_load_balancer_arns.unwrap_or_default();
    balancers.extend(s.gateway_load_balancer_arns.unwrap_or_default());
    let body = VpcEndpointService {
        service: s.service_name.unwrap_or_default(),
        state: s.service_state.unwrap_or_default(),
        acceptance_required: s.acceptance_required.unwrap_or(false),
        balancers: sorted(Some(balancers)),
        principals: None,
    };
    let place = reader.place(None, None);
    reader.ec2(&format!("vpc-endpoint-service/{}", s.service_id), place, raw, s.tags, body);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Allowed {
    service_id: Option<String>,
    principal: Option<String>,
}

/// `describe-vpc-endpoint-service-permissions`, wrapped with its service.
pub(super) fn permissions(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        service_id: String,
        #[serde(deserialize_with = "present")]
        allowed_principals: Option<Vec<Allowed>>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let all = s.allowed_principals.unwrap_or_default().into_iter().filter_map(|allowed| allowed.principal);
    reader.piece(Piece::Principals(s.service_id, all.collect()));
    Ok(())
}

/// The same answer as it is: newer CLIs name the service in each item.
pub(super) fn allowed_principal(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    let s: Allowed = serde_json::from_str(raw.get())?;
    let service = s.service_id.ok_or_else(|| serde::de::Error::missing_field("ServiceId"))?;
    reader.piece(Piece::Principals(service, s.principal.into_iter().collect()));
    Ok(())
}

/// `describe-vpc-endpoint-connections`: who has connected to the account's own services.
pub(super) fn connection(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        service_id: String,
        vpc_endpoint_id: String,
        vpc_endpoint_owner: Option<String>,
        vpc_endpoint_state: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(None, None);
    let id = reader.arn(&place, "ec2", &format!("vpc-endpoint-connection/{}:{}", s.service_id, s.vpc_endpoint_id));
    let body = VpcEndpointConnection {
        service: s.service_id,
        endpoint: s.vpc_endpoint_id,
        endpoint_account: s.vpc_endpoint_owner.unwrap_or_default(),
        state: s.vpc_endpoint_state.unwrap_or_default(),
    };
    let tags: Tags = s.tags.into_map();
    reader.add(id, place, raw, tags, body);
    Ok(())
}
