//! An asset: the envelope that all kinds share, and the list of kinds.
//!
//! To add a kind: a struct in a file of `aws/`, `kube/` or `istio/`, one line in the list below, and a loader that fills it.
//! Snapshots, facts, schemas and counts follow from the list.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use super::origin::Origin;
use super::{argo, aws, istio, kube};

/// Where an asset stands. Parts that do not apply are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// AWS account id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Arc<str>>,
    /// AWS Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Arc<str>>,
    /// Kubernetes cluster by the name that AWS or the user gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Arc<str>>,
    /// Kubernetes namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Arc<str>>,
}

/// One thing in the inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// ARN, or `cluster/namespace/Kind/name`.
    pub id: Arc<str>,
    /// Where it was read.
    pub origin: Origin,
    /// Where it stands.
    pub place: Place,
    /// AWS tags or Kubernetes labels.
    pub tags: BTreeMap<String, String>,
    /// What it says, by kind.
    pub body: Body,
}

/// A kind of asset.
pub trait Kind: Sized + 'static {
    /// The kind's name in snapshots, facts and rules.
    const NAME: &'static str;
    /// Whether it is an AWS resource; all else is read from a cluster.
    const AWS: bool;
    /// The body as this kind, if it is one.
    fn of(body: &Body) -> Option<&Self>;
}

macro_rules! kinds {
    ($($variant:ident($module:ident) = $name:literal),* $(,)?) => {
        /// What an asset says, by kind. Boxed, for most assets are rules of groups and no clusters.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $(#[doc = concat!("`", $name, "`")] $variant(Box<$module::$variant>)),*
        }

        impl Body {
            /// Names of all kinds, in the order of the list.
            pub const KINDS: &'static [&'static str] = &[$($name),*];

            /// The kind's name.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),* }
            }

            /// The body as JSON text, fields in the order of their declaration.
            pub fn to_json(&self) -> serde_json::Result<String> {
                match self { $(Self::$variant(body) => serde_json::to_string(body)),* }
            }

            /// Reads a body of the named kind; none if this release does not know the kind.
            ///
            /// # Errors
            /// What the deserializer says; a body of an unknown kind is passed over.
            pub fn deserialize_as<'de, D: Deserializer<'de>>(kind: &str, from: D) -> Result<Option<Self>, D::Error> {
                match kind {
                    $($name => Deserialize::deserialize(from).map(|body| Some(Self::$variant(body))),)*
                    _ => IgnoredAny::deserialize(from).map(|_| None),
                }
            }

            /// The JSON schema of each kind's body, by name.
            pub fn schemas(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)> {
                vec![$(($name, generator.subschema_for::<$module::$variant>())),*]
            }
        }

        $(impl Kind for $module::$variant {
            const NAME: &'static str = $name;
            const AWS: bool = matches!(stringify!($module).as_bytes(), b"aws");
            fn of(body: &Body) -> Option<&Self> {
                match body { Body::$variant(body) => Some(body), _ => None }
            }
        }

        impl From<$module::$variant> for Body {
            fn from(body: $module::$variant) -> Self { Self::$variant(Box::new(body)) }
        })*
    };
}

kinds! {
    Account(aws) = "account",
    OrganizationalUnit(aws) = "organizational-unit",
    Region(aws) = "region",
    Vpc(aws) = "vpc",
    Subnet(aws) = "subnet",
    RouteTable(aws) = "route-table",
    NetworkAcl(aws) = "network-acl",
    SecurityGroup(aws) = "security-group",
    SecurityGroupRule(aws) = "security-group-rule",
    PrefixList(aws) = "prefix-list",
    NetworkInterface(aws) = "network-interface",
    Instance(aws) = "instance",
    VpcPeeringConnection(aws) = "vpc-peering-connection",
    TransitGateway(aws) = "transit-gateway",
    TransitGatewayAttachment(aws) = "transit-gateway-attachment",
    TransitGatewayRouteTable(aws) = "transit-gateway-route-table",
    LoadBalancer(aws) = "load-balancer",
    Listener(aws) = "listener",
    ListenerRule(aws) = "listener-rule",
    TargetGroup(aws) = "target-group",
    Target(aws) = "target",
    ElasticIp(aws) = "elastic-ip",
    InternetGateway(aws) = "internet-gateway",
    EgressOnlyInternetGateway(aws) = "egress-only-internet-gateway",
    NatGateway(aws) = "nat-gateway",
    VpnGateway(aws) = "vpn-gateway",
    CustomerGateway(aws) = "customer-gateway",
    VpnConnection(aws) = "vpn-connection",
    DirectConnectGateway(aws) = "direct-connect-gateway",
    DirectConnectGatewayAssociation(aws) = "direct-connect-gateway-association",
    BlockPublicAccess(aws) = "block-public-access",
    BlockPublicAccessExclusion(aws) = "block-public-access-exclusion",
    FlowLog(aws) = "flow-log",
    VpcEndpoint(aws) = "vpc-endpoint",
    VpcEndpointService(aws) = "vpc-endpoint-service",
    VpcEndpointConnection(aws) = "vpc-endpoint-connection",
    SecurityGroupVpcAssociation(aws) = "security-group-vpc-association",
    StaleSecurityGroup(aws) = "stale-security-group",
    EksCluster(aws) = "eks-cluster",
    NodeGroup(aws) = "node-group",
    FargateProfile(aws) = "fargate-profile",
    Addon(aws) = "addon",
    AccessEntry(aws) = "access-entry",
    Namespace(kube) = "namespace",
    Workload(kube) = "workload",
    ServiceAccount(kube) = "service-account",
    Service(kube) = "service",
    NetworkPolicy(kube) = "network-policy",
    ForeignNetworkPolicy(kube) = "foreign-network-policy",
    KubeNode(kube) = "node",
    EndpointSlice(kube) = "endpoint-slice",
    Ingress(kube) = "ingress",
    GatewayClass(kube) = "gateway-class",
    ApiGateway(kube) = "gateway-api-gateway",
    GatewayRoute(kube) = "gateway-route",
    ReferenceGrant(kube) = "reference-grant",
    RbacRole(kube) = "role",
    RbacBinding(kube) = "role-binding",
    TargetGroupBinding(kube) = "target-group-binding",
    SecurityGroupPolicy(kube) = "security-group-policy",
    EniConfig(kube) = "eni-config",
    CniNode(kube) = "cni-node",
    AuthorizationPolicy(istio) = "authorization-policy",
    PeerAuthentication(istio) = "peer-authentication",
    MeshConfig(istio) = "mesh-config",
    RequestAuthentication(istio) = "request-authentication",
    Sidecar(istio) = "sidecar",
    IstioGateway(istio) = "istio-gateway",
    VirtualService(istio) = "virtual-service",
    DestinationRule(istio) = "destination-rule",
    ServiceEntry(istio) = "service-entry",
    WorkloadEntry(istio) = "workload-entry",
    EnvoyFilter(istio) = "envoy-filter",
    WasmPlugin(istio) = "wasm-plugin",
    Telemetry(istio) = "telemetry",
    ProxyConfig(istio) = "proxy-config",
    Application(argo) = "application",
    AppProject(argo) = "app-project",
    ApplicationSet(argo) = "application-set",
    ClusterRegistration(argo) = "cluster-registration",
}
