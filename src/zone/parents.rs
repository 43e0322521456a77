//! Which compartment an asset stands in: whose zone it inherits.

use std::collections::HashMap;

use crate::model::{
    Account, Asset, Body, DirectConnectGateway, EksCluster, Instance, Inventory, Listener, LoadBalancer, Namespace,
    NetworkInterface, Place, SecurityGroup, Subnet, TargetGroup, TransitGateway, Vpc, VpcEndpointService, VpnGateway,
    account_id, arn_of, kube_id, short_of,
};

/// For each asset of an inventory, the asset that it inherits from and the VPC that it stands in.
pub(super) struct Parents {
    parent: Vec<Option<usize>>,
    vpc: Vec<Option<String>>,
}

impl Parents {
    pub fn of(inventory: &Inventory) -> Self {
        let mut clusters: HashMap<&str, usize> = HashMap::new();
        let mut shared = Vec::new();
        for (at, _, cluster) in inventory.of::<EksCluster>() {
            if clusters.insert(&cluster.name, at).is_some() {
                shared.push(cluster.name.as_str());
            }
        }
        // of two clusters of one name nothing tells whose manifests were read: neither gives them its zone
        clusters.retain(|name, _| !shared.contains(name));
        let parent = inventory.assets().iter().map(|asset| parent(asset, inventory, &clusters)).collect();
        let mut this = Self { parent, vpc: vec![None; inventory.len()] };
        for (at, asset) in inventory.assets().iter().enumerate() {
            let own = own_vpc(asset).map(str::to_owned).filter(|vpc| !vpc.is_empty());
            let vpc = own.or_else(|| {
                // rules, listeners and namespaces know their VPC through what they stand in
                let mut up = this.get(at);
                for _ in 0..16 {
                    let asset = inventory.assets().get(up?)?;
                    if let Some(vpc) = own_vpc(asset).filter(|vpc| !vpc.is_empty()) {
                        return Some(vpc.to_owned());
                    }
                    up = this.get(up?);
                }
                None
            });
            if let Some(slot) = this.vpc.get_mut(at) {
                *slot = vpc.or_else(|| matches!(asset.body, Body::Vpc(_)).then(|| short_of(&asset.id)));
            }
        }
        this
    }

    pub fn get(&self, at: usize) -> Option<usize> {
        self.parent.get(at).copied().flatten()
    }

    pub fn vpc(&self, at: usize) -> Option<&str> {
        self.vpc.get(at)?.as_deref()
    }
}

fn own_vpc(asset: &Asset) -> Option<&str> {
    match &asset.body {
        Body::Subnet(b) => Some(&b.vpc),
        Body::RouteTable(b) => Some(&b.vpc),
        Body::NetworkAcl(b) => Some(&b.vpc),
        Body::SecurityGroup(b) => Some(&b.vpc),
        Body::NetworkInterface(b) => Some(&b.vpc),
        Body::Instance(b) => Some(&b.vpc),
        Body::LoadBalancer(b) => Some(&b.vpc),
        Body::TargetGroup(b) => b.vpc.as_deref(),
        Body::EksCluster(b) => Some(&b.vpc),
        Body::NatGateway(b) => Some(&b.vpc),
        Body::VpcEndpoint(b) => Some(&b.vpc),
        _ => None,
    }
}

fn parent(asset: &Asset, inventory: &Inventory, clusters: &HashMap<&str, usize>) -> Option<usize> {
    let at = |found: Option<usize>, otherwise: Option<usize>| found.or(otherwise);
    let account = || {
        let id = account_id(asset.place.account.as_deref()?);
        inventory.find::<Account>(&id).map(|(at, ..)| at)
    };
    let vpc = |id: &str| inventory.find::<Vpc>(id).map(|(at, ..)| at).or_else(account);
    let subnet = |id: &str, vpc_id: &str| at(inventory.find::<Subnet>(id).map(|(at, ..)| at), vpc(vpc_id));
    match &asset.body {
        Body::Account(_) | Body::OrganizationalUnit(_) => None,
        Body::Region(_)
        | Body::Vpc(_)
        | Body::PrefixList(_)
        | Body::CustomerGateway(_)
        | Body::DirectConnectGateway(_)
        | Body::BlockPublicAccess(_)
        | Body::VpcPeeringConnection(_)
        | Body::TransitGateway(_) => account(),
        Body::Subnet(b) => vpc(&b.vpc),
        Body::RouteTable(b) => vpc(&b.vpc),
        Body::NetworkAcl(b) => vpc(&b.vpc),
        Body::SecurityGroup(b) => vpc(&b.vpc),
        Body::SecurityGroupRule(b) => at(inventory.find::<SecurityGroup>(&b.group).map(|(at, ..)| at), account()),
        Body::NetworkInterface(b) => match b.instance.as_deref().and_then(|id| inventory.find::<Instance>(id)) {
            Some((at, ..)) => Some(at),
            None => subnet(&b.subnet, &b.vpc),
        },
        Body::Instance(b) => subnet(&b.subnet, &b.vpc),
        Body::TransitGatewayAttachment(b) => {
            at(inventory.find::<TransitGateway>(&b.gateway).map(|(at, ..)| at), account())
        }
        Body::TransitGatewayRouteTable(b) => {
            at(inventory.find::<TransitGateway>(&b.gateway).map(|(at, ..)| at), account())
        }
        Body::LoadBalancer(b) => vpc(&b.vpc),
        Body::Listener(b) => at(inventory.find::<LoadBalancer>(&b.load_balancer).map(|(at, ..)| at), account()),
        Body::ListenerRule(b) => at(inventory.find::<Listener>(&b.listener).map(|(at, ..)| at), account()),
        Body::TargetGroup(b) => at(b.vpc.as_deref().and_then(vpc), account()),
        Body::Target(b) => at(inventory.find::<TargetGroup>(&b.target_group).map(|(at, ..)| at), account()),
        Body::EksCluster(b) => vpc(&b.vpc),
        Body::NatGateway(b) => subnet(&b.subnet, &b.vpc),
        Body::VpcEndpoint(b) => vpc(&b.vpc),
        // a gateway stands in the VPC that it serves
        Body::InternetGateway(b) => at(b.vpcs.first().and_then(|id| vpc(id)), account()),
        Body::EgressOnlyInternetGateway(b) => at(b.vpcs.first().and_then(|id| vpc(id)), account()),
        Body::VpnGateway(b) => at(b.vpcs.first().and_then(|id| vpc(id)), account()),
        Body::VpnConnection(b) => {
            let private = b.vpn_gateway.as_deref().and_then(|id| inventory.find::<VpnGateway>(id)).map(|(at, ..)| at);
            let transit = b.transit_gateway.as_deref().and_then(|id| inventory.find::<TransitGateway>(id));
            at(private.or(transit.map(|(at, ..)| at)), account())
        }
        Body::DirectConnectGatewayAssociation(b) => {
            at(inventory.find::<DirectConnectGateway>(&b.gateway).map(|(at, ..)| at), account())
        }
        Body::ElasticIp(b) => {
            let interface = b.interface.as_deref().and_then(|id| inventory.find::<NetworkInterface>(id));
            let instance = b.instance.as_deref().and_then(|id| inventory.find::<Instance>(id));
            at(interface.map(|(at, ..)| at).or(instance.map(|(at, ..)| at)), account())
        }
        // it is offered from where its load balancers stand
        Body::VpcEndpointService(b) => {
            let balancer = b.balancers.iter().find_map(|arn| inventory.find::<LoadBalancer>(arn));
            at(balancer.map(|(at, ..)| at), account())
        }
        Body::VpcEndpointConnection(b) => {
            at(inventory.find::<VpcEndpointService>(&b.service).map(|(at, ..)| at), account())
        }
        Body::SecurityGroupVpcAssociation(b) => {
            at(inventory.find::<SecurityGroup>(&b.group).map(|(at, ..)| at), account())
        }
        Body::StaleSecurityGroup(b) => at(inventory.find::<SecurityGroup>(&b.group).map(|(at, ..)| at), account()),
        // what a log watches tells where it stands: a VPC, a subnet or an interface
        Body::FlowLog(b) => {
            let inside = inventory.find::<Subnet>(&b.resource).map(|(at, ..)| at);
            let interface = || inventory.find::<NetworkInterface>(&b.resource).map(|(at, ..)| at);
            inside.or_else(interface).or_else(|| vpc(&b.resource))
        }
        Body::BlockPublicAccessExclusion(b) => {
            let resource = crate::model::short_of(&b.resource);
            at(inventory.find::<Subnet>(&resource).map(|(at, ..)| at), vpc(&resource))
        }
        // of two clusters of one name in two places it is the one in the same place
        Body::NodeGroup(_) | Body::FargateProfile(_) | Body::Addon(_) | Body::AccessEntry(_) => {
            let id = cluster_arn(&asset.place)?;
            at(inventory.find::<EksCluster>(&id).map(|(at, ..)| at), account())
        }
        Body::Namespace(_) | Body::KubeNode(_) | Body::GatewayClass(_) | Body::EniConfig(_) | Body::CniNode(_) => {
            clusters.get(asset.place.cluster.as_deref()?).copied()
        }
        // these are about a namespace or about the whole cluster
        Body::RbacRole(_) | Body::RbacBinding(_) | Body::ForeignNetworkPolicy(_) if asset.place.namespace.is_none() => {
            clusters.get(asset.place.cluster.as_deref()?).copied()
        }
        Body::Workload(_)
        | Body::ServiceAccount(_)
        | Body::Service(_)
        | Body::NetworkPolicy(_)
        | Body::ForeignNetworkPolicy(_)
        | Body::EndpointSlice(_)
        | Body::Ingress(_)
        | Body::ApiGateway(_)
        | Body::GatewayRoute(_)
        | Body::ReferenceGrant(_)
        | Body::RbacRole(_)
        | Body::RbacBinding(_)
        | Body::TargetGroupBinding(_)
        | Body::SecurityGroupPolicy(_)
        | Body::AuthorizationPolicy(_)
        | Body::PeerAuthentication(_)
        | Body::MeshConfig(_)
        | Body::RequestAuthentication(_)
        | Body::Sidecar(_)
        | Body::IstioGateway(_)
        | Body::VirtualService(_)
        | Body::DestinationRule(_)
        | Body::ServiceEntry(_)
        | Body::WorkloadEntry(_)
        | Body::EnvoyFilter(_)
        | Body::WasmPlugin(_)
        | Body::Telemetry(_)
        | Body::ProxyConfig(_)
        | Body::Application(_)
        | Body::AppProject(_)
        | Body::ApplicationSet(_)
        | Body::ClusterRegistration(_) => {
            let (cluster, namespace) = (asset.place.cluster.as_deref()?, asset.place.namespace.as_deref()?);
            let id = kube_id(cluster, "", "Namespace", namespace);
            inventory.find::<Namespace>(&id).map(|(at, ..)| at)
        }
    }
}

/// The ARN of the EKS cluster that something of EKS belongs to (Service Authorization Reference, "Amazon EKS").
fn cluster_arn(place: &Place) -> Option<String> {
    let (region, account, cluster) = (place.region.as_deref()?, place.account.as_deref()?, place.cluster.as_deref()?);
    Some(arn_of("eks", region, account, &format!("cluster/{cluster}")))
}
