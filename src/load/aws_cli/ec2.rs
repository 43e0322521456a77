//! VPCs, subnets, network interfaces and instances.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, Reader, TagList, owners};
use crate::model::{Instance, NetworkInterface, Subnet, Vpc};

/// Blocks as AWS prints them, sorted, host bits cleared; what is no block is an error of its item.
pub(super) fn nets<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Vec<IpNet>, serde_json::Error> {
    let mut all = BTreeSet::new();
    for text in texts {
        all.insert(net(text)?);
    }
    Ok(all.into_iter().collect())
}

/// One block; a plain address is a block of one.
pub(super) fn net(text: &str) -> Result<IpNet, serde_json::Error> {
    let parsed = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let bad = |_| serde::de::Error::custom(format!("`{text}` is no CIDR block"));
    parsed.map(|net| net.trunc()).map_err(bad)
}

fn sorted<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    all.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct V4Association {
    cidr_block: Option<String>,
    cidr_block_state: Option<BlockState>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct V6Association {
    ipv6_cidr_block: Option<String>,
    ipv6_cidr_block_state: Option<BlockState>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BlockState {
    state: Option<String>,
}

/// A block that is being or has been taken away no longer counts; one that is on its way does.
fn associated(state: Option<&BlockState>) -> bool {
    let gone = ["disassociating", "disassociated", "failed"];
    state.and_then(|state| state.state.as_deref()).is_none_or(|state| !gone.contains(&state))
}

fn blocks(
    main: Option<String>,
    v4: Option<Vec<V4Association>>,
    v6: Option<Vec<V6Association>>,
) -> Result<Vec<IpNet>, serde_json::Error> {
    let v4 = v4.unwrap_or_default().into_iter();
    let v4 = v4.filter(|a| associated(a.cidr_block_state.as_ref())).filter_map(|a| a.cidr_block);
    let v6 = v6.unwrap_or_default().into_iter();
    let v6 = v6.filter(|a| associated(a.ipv6_cidr_block_state.as_ref())).filter_map(|a| a.ipv6_cidr_block);
    let all: Vec<String> = main.into_iter().chain(v4).chain(v6).collect();
    nets(all.iter().map(String::as_str))
}

pub(super) fn vpc(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        vpc_id: String,
        owner_id: Option<String>,
        cidr_block: Option<String>,
        cidr_block_association_set: Option<Vec<V4Association>>,
        ipv6_cidr_block_association_set: Option<Vec<V6Association>>,
        is_default: Option<bool>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let cidrs = blocks(s.cidr_block, s.cidr_block_association_set, s.ipv6_cidr_block_association_set)?;
    let place = reader.place(s.owner_id.as_deref(), None);
    let body = Vpc { cidrs, default: s.is_default.unwrap_or(false) };
    reader.ec2(&format!("vpc/{}", s.vpc_id), place, raw, s.tags, body);
    Ok(())
}

pub(super) fn subnet(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct BlockPublicAccessStates {
        internet_gateway_block_mode: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        subnet_id: String,
        vpc_id: String,
        owner_id: Option<String>,
        cidr_block: Option<String>,
        ipv6_cidr_block_association_set: Option<Vec<V6Association>>,
        availability_zone: Option<String>,
        availability_zone_id: Option<String>,
        map_public_ip_on_launch: Option<bool>,
        block_public_access_states: Option<BlockPublicAccessStates>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), s.availability_zone.as_deref());
    let cidrs = blocks(s.cidr_block, None, s.ipv6_cidr_block_association_set)?;
    if cidrs.is_empty() {
        return Err(serde::de::Error::custom("a subnet without a CIDR block"));
    }
    let body = Subnet {
        vpc: s.vpc_id,
        cidrs,
        availability_zone: s.availability_zone.unwrap_or_default(),
        availability_zone_id: s.availability_zone_id.unwrap_or_default(),
        public_on_launch: s.map_public_ip_on_launch.unwrap_or(false),
        block_public_access: s.block_public_access_states.and_then(|states| states.internet_gateway_block_mode),
    };
    reader.ec2(&format!("subnet/{}", s.subnet_id), place, raw, s.tags, body);
    Ok(())
}

/// A group as interfaces and instances name it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupName {
    pub group_id: String,
}

fn group_ids(groups: Option<Vec<GroupName>>) -> Vec<String> {
    sorted(groups.unwrap_or_default().into_iter().map(|group| group.group_id))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PrivateAddress {
    private_ip_address: Option<IpAddr>,
    association: Option<Association>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Association {
    public_ip: Option<IpAddr>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ipv6Address {
    ipv6_address: Option<IpAddr>,
}

/// The addresses of one interface, private and public ones.
fn addresses(
    primary: Option<IpAddr>,
    private: Option<Vec<PrivateAddress>>,
    v6: Option<Vec<Ipv6Address>>,
) -> (Vec<IpAddr>, Vec<IpAddr>) {
    let private = private.unwrap_or_default();
    let public = private.iter().filter_map(|a| a.association.as_ref()?.public_ip);
    let public = sorted(public);
    let v6 = v6.unwrap_or_default().into_iter().filter_map(|a| a.ipv6_address);
    let own = private.iter().filter_map(|a| a.private_ip_address).chain(primary).chain(v6);
    (sorted(own), public)
}

pub(super) fn network_interface(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Attachment {
        instance_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        network_interface_id: String,
        owner_id: Option<String>,
        availability_zone: Option<String>,
        vpc_id: String,
        subnet_id: String,
        groups: Vec<GroupName>,
        private_ip_address: Option<IpAddr>,
        private_ip_addresses: Option<Vec<PrivateAddress>>,
        ipv6_addresses: Option<Vec<Ipv6Address>>,
        source_dest_check: Option<bool>,
        ipv4_prefixes: Option<Vec<Delegated>>,
        ipv6_prefixes: Option<Vec<Delegated>>,
        association: Option<Association>,
        interface_type: Option<String>,
        requester_managed: Option<bool>,
        requester_id: Option<String>,
        description: Option<String>,
        attachment: Option<Attachment>,
        #[serde(default)]
        tag_set: TagList,
    }
    #[derive(Deserialize)]
    struct Delegated {
        #[serde(rename = "Ipv4Prefix", alias = "Ipv6Prefix")]
        prefix: IpNet,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let place = reader.place(s.owner_id.as_deref(), s.availability_zone.as_deref());
    let delegated = [s.ipv4_prefixes, s.ipv6_prefixes].into_iter().flatten().flatten();
    let mut prefixes: Vec<IpNet> = delegated.map(|delegated| delegated.prefix).collect();
    prefixes.sort();
    let pairs = s.private_ip_addresses.iter().flatten();
    let pairs = pairs.filter_map(|a| Some((a.private_ip_address?, a.association.as_ref()?.public_ip?)));
    let primary = s.private_ip_address.zip(s.association.as_ref().and_then(|a| a.public_ip));
    let translations = sorted(pairs.chain(primary));
    let (private_addresses, public) = addresses(s.private_ip_address, s.private_ip_addresses, s.ipv6_addresses);
    let kind = s.interface_type.unwrap_or_default();
    let managed = s.requester_managed.unwrap_or(false);
    let description = s.description.unwrap_or_default();
    let service = owners::service(&kind, managed, s.requester_id.as_deref().unwrap_or_default(), &description);
    let body = NetworkInterface {
        vpc: s.vpc_id,
        subnet: s.subnet_id,
        groups: group_ids(Some(s.groups)),
        private_addresses,
        prefixes,
        public_addresses: sorted(public.into_iter().chain(s.association.and_then(|a| a.public_ip))),
        translations,
        forwards: s.source_dest_check == Some(false),
        interface_type: kind,
        instance: s.attachment.and_then(|a| a.instance_id),
        requester_managed: managed,
        description,
        service: service.map(str::to_owned),
    };
    reader.ec2(&format!("network-interface/{}", s.network_interface_id), place, raw, s.tag_set, body);
    Ok(())
}

/// `describe-instances` wraps instances in reservations, which name the owner.
pub(super) fn reservation(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape<'a> {
        owner_id: Option<String>,
        #[serde(borrow)]
        instances: Vec<&'a RawValue>,
    }
    let s: Shape<'_> = serde_json::from_str(raw.get())?;
    for instance in s.instances {
        if let Err(error) = owned_instance(reader, instance, s.owner_id.as_deref()) {
            reader.bad("Instances", instance, &error);
        }
    }
    Ok(())
}

pub(super) fn instance(reader: &mut Reader<'_>, raw: &RawValue) -> Read {
    owned_instance(reader, raw, None)
}

fn owned_instance(reader: &mut Reader<'_>, raw: &RawValue, owner: Option<&str>) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Placement {
        availability_zone: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct State {
        name: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Interface {
        private_ip_address: Option<IpAddr>,
        private_ip_addresses: Option<Vec<PrivateAddress>>,
        ipv6_addresses: Option<Vec<Ipv6Address>>,
        association: Option<Association>,
        owner_id: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Shape {
        instance_id: String,
        vpc_id: Option<String>,
        subnet_id: Option<String>,
        security_groups: Option<Vec<GroupName>>,
        private_ip_address: Option<IpAddr>,
        public_ip_address: Option<IpAddr>,
        network_interfaces: Option<Vec<Interface>>,
        placement: Option<Placement>,
        state: Option<State>,
        #[serde(default)]
        tags: TagList,
    }
    let s: Shape = serde_json::from_str(raw.get())?;
    let interfaces = s.network_interfaces.unwrap_or_default();
    let owner = owner.map(str::to_owned).or_else(|| interfaces.iter().find_map(|i| i.owner_id.clone()));
    let zone = s.placement.and_then(|p| p.availability_zone);
    let place = reader.place(owner.as_deref(), zone.as_deref());
    let (mut own, mut public) = (Vec::new(), Vec::new());
    for i in interfaces {
        let (private, reached) = addresses(i.private_ip_address, i.private_ip_addresses, i.ipv6_addresses);
        own.extend(private);
        public.extend(reached.into_iter().chain(i.association.and_then(|a| a.public_ip)));
    }
    let body = Instance {
        vpc: s.vpc_id.unwrap_or_default(),
        subnet: s.subnet_id.unwrap_or_default(),
        groups: group_ids(s.security_groups),
        private_addresses: sorted(own.into_iter().chain(s.private_ip_address)),
        public_addresses: sorted(public.into_iter().chain(s.public_ip_address)),
        state: s.state.and_then(|state| state.name).unwrap_or_default(),
    };
    reader.ec2(&format!("instance/{}", s.instance_id), place, raw, s.tags, body);
    Ok(())
}
