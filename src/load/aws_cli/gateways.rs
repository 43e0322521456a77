//! Elastic IP addresses, gateways to the internet, VPC Block Public Access and flow logs.

use std::net::IpAddr;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, Reader, TagList};
use crate::model::{
    BlockPublicAccess, BlockPublicAccessExclusion, EgressOnlyInternetGateway, ElasticIp, FlowLog, InternetGateway,
    NatGateway,
};

pub(super) fn address(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        allocation_id: Option<String>,
        public_ip: Option<String>,
        private_ip_address: Option<IpAddr>,
        network_interface_id: Option<String>,
        network_interface_owner_id: Option<String>,
        instance_id: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let public = s.public_ip.unwrap_or_default();
    // AWS prints an empty instance where a gateway or a load balancer holds the address
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let body = ElasticIp {
        address: public.parse().ok(),
        private_address: s.private_ip_address,
        interface: some(s.network_interface_id),
        instance: some(s.instance_id),
        interface_account: some(s.network_interface_owner_id),
    };
    let id = some(s.allocation_id).unwrap_or(public);
    if id.is_empty() {
        return Err(serde::de::Error::missing_field("AllocationId"));
    }
    let place = reader.place(None, None);
    reader.ec2(&format!("elastic-ip/{id}"), place, raw, s.tags, body);
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VpcAttachment {
    vpc_id: Option<String>,
    state: Option<String>,
}

/// VPCs that a gateway is attached to; one that is being taken away carries nothing.
pub(super) fn attached(all: Option<Vec<VpcAttachment>>) -> Vec<String> {
    let gone = |state: &Option<String>| matches!(state.as_deref(), Some("detaching" | "detached"));
    let all = all.unwrap_or_default().into_iter().filter(|a| !gone(&a.state));
    let mut vpcs: Vec<String> = all.filter_map(|a| a.vpc_id).collect();
    vpcs.sort();
    vpcs
}

pub(super) fn internet_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        internet_gateway_id: String,
        owner_id: Option<String>,
        attachments: Option<Vec<VpcAttachment>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), None);
    let body = InternetGateway { vpcs: attached(s.attachments) };
    reader.ec2(&format!("internet-gateway/{}", s.internet_gateway_id), place, raw, s.tags, body);
    Ok(())
}

pub(super) fn egress_only_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        egress_only_internet_gateway_id: String,
        attachments: Option<Vec<VpcAttachment>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(None, None);
    let body = EgressOnlyInternetGateway { vpcs: attached(s.attachments) };
    let id = format!("egress-only-internet-gateway/{}", s.egress_only_internet_gateway_id);
    reader.ec2(&id, place, raw, s.tags, body);
    Ok(())
}

pub(super) fn nat_gateway(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Address {
        network_interface_id: Option<String>,
        public_ip: Option<IpAddr>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        nat_gateway_id: String,
        vpc_id: Option<String>,
        subnet_id: Option<String>,
        connectivity_type: Option<String>,
        state: Option<String>,
        nat_gateway_addresses: Option<Vec<Address>>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let addresses = s.nat_gateway_addresses.unwrap_or_default();
    let mut public_addresses: Vec<IpAddr> = addresses.iter().filter_map(|a| a.public_ip).collect();
    public_addresses.sort();
    let mut interfaces: Vec<String> = addresses.into_iter().filter_map(|a| a.network_interface_id).collect();
    interfaces.sort();
    let body = NatGateway {
        vpc: s.vpc_id.unwrap_or_default(),
        subnet: s.subnet_id.unwrap_or_default(),
        // EC2 API reference, `NatGateway`: public unless it says otherwise
        connectivity: s.connectivity_type.unwrap_or_else(|| "public".to_owned()),
        state: s.state.unwrap_or_default(),
        interfaces,
        public_addresses,
    };
    let place = reader.place(None, None);
    reader.ec2(&format!("natgateway/{}", s.nat_gateway_id), place, raw, s.tags, body);
    Ok(())
}

/// `describe-vpc-block-public-access-options`: one an account and Region.
pub(super) fn block_public_access(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        aws_account_id: Option<String>,
        aws_region: Option<String>,
        internet_gateway_block_mode: Option<String>,
        state: Option<String>,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let mut place = reader.place(s.aws_account_id.as_deref(), None);
    place.region = s.aws_region.map(Into::into).or(place.region);
    let body = BlockPublicAccess {
        mode: s.internet_gateway_block_mode.unwrap_or_default(),
        state: s.state.unwrap_or_default(),
    };
    reader.ec2("vpc-block-public-access-options", place, raw, TagList::default(), body);
    Ok(())
}

pub(super) fn block_public_access_exclusion(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        exclusion_id: String,
        resource_arn: Option<String>,
        internet_gateway_exclusion_mode: Option<String>,
        state: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(None, s.resource_arn.as_deref());
    let body = BlockPublicAccessExclusion {
        resource: s.resource_arn.unwrap_or_default(),
        mode: s.internet_gateway_exclusion_mode.unwrap_or_default(),
        state: s.state.unwrap_or_default(),
    };
    let id = format!("vpc-block-public-access-exclusion/{}", s.exclusion_id);
    reader.ec2(&id, place, raw, s.tags, body);
    Ok(())
}

pub(super) fn flow_log(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        flow_log_id: String,
        resource_id: Option<String>,
        traffic_type: Option<String>,
        flow_log_status: Option<String>,
        deliver_logs_status: Option<String>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(None, None);
    let body = FlowLog {
        resource: s.resource_id.unwrap_or_default(),
        // EC2 API reference, `FlowLog`: transit gateways' logs have no traffic type and hold all
        traffic: s.traffic_type.unwrap_or_else(|| "ALL".to_owned()),
        status: s.flow_log_status.unwrap_or_default(),
        delivery: s.deliver_logs_status.unwrap_or_default(),
    };
    reader.ec2(&format!("vpc-flow-log/{}", s.flow_log_id), place, raw, s.tags, body);
    Ok(())
}
