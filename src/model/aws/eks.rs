//! EKS.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An EKS cluster. What an answer leaves out is none: it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EksCluster {
    /// Its name.
    pub name: String,
    /// The VPC.
    pub vpc: String,
    /// Kubernetes version, `1.31`; empty where none was told.
    pub version: String,
    /// The group that EKS made for it.
    pub cluster_group: Option<String>,
    /// Further groups of the control plane's interfaces, sorted.
    pub groups: Vec<String>,
    /// Subnets of the control plane's interfaces, sorted.
    pub subnets: Vec<String>,
    /// Whether the API server has a public endpoint.
    pub endpoint_public: Option<bool>,
    /// Whether the API server has an endpoint in the VPC.
    pub endpoint_private: Option<bool>,
    /// Who may reach the public endpoint, sorted.
    pub public_access_cidrs: Option<Vec<String>>,
    /// Control plane logs that are on (`api`, `audit`, `authenticator` …), sorted.
    pub logging: Option<Vec<String>>,
    /// What a KMS key of the account encrypts (`secrets`), sorted.
    pub encrypted: Option<Vec<String>>,
    /// `API`, `CONFIG_MAP` or `API_AND_CONFIG_MAP`.
    pub authentication_mode: Option<String>,
    /// `STANDARD` or `EXTENDED`: what happens at the end of standard support.
    pub support_type: Option<String>,
    /// URL of the API server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Block of its services' addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_cidr: Option<String>,
}

/// A taint of a node group's nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value, empty if it has none.
    pub value: String,
    /// `NoSchedule`, `NoExecute` or `PreferNoSchedule`, as Kubernetes writes them.
    pub effect: String,
}

/// A managed node group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeGroup {
    /// Its name.
    pub name: String,
    /// The cluster's name.
    pub cluster: String,
    /// Kubernetes version of its nodes.
    pub version: Option<String>,
    /// Subnets that its nodes run in, sorted.
    pub subnets: Option<Vec<String>>,
    /// Labels of its nodes that EKS sets.
    pub labels: Option<BTreeMap<String, String>>,
    /// Taints of its nodes, sorted.
    pub taints: Vec<Taint>,
}

/// Which pods a Fargate profile runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FargateSelector {
    /// Namespace pattern.
    pub namespace: String,
    /// Labels that pods must bear.
    pub labels: BTreeMap<String, String>,
}

/// A Fargate profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FargateProfile {
    /// Its name.
    pub name: String,
    /// The cluster's name.
    pub cluster: String,
    /// Subnets that its pods run in, sorted.
    pub subnets: Option<Vec<String>>,
    /// Which pods it runs, sorted.
    pub selectors: Vec<FargateSelector>,
}

impl FargateProfile {
    /// Whether it runs pods with these labels in a namespace. Namespaces and values of labels may hold `*` and `?`.
    ///
    /// Source: Amazon EKS User Guide, "Define which Pods use AWS Fargate when launched", wildcards.
    pub fn runs(&self, namespace: &str, labels: &BTreeMap<String, String>) -> bool {
        self.selectors.iter().any(|selector| {
            wild(&selector.namespace, namespace)
                && selector.labels.iter().all(|(key, value)| labels.get(key).is_some_and(|own| wild(value, own)))
        })
    }
}

/// Whether a text fits a pattern in which `*` is any run of characters and `?` one character.
fn wild(pattern: &str, text: &str) -> bool {
    let Some(wanted) = pattern.chars().next() else { return text.is_empty() };
    let rest = pattern.get(wanted.len_utf8()..).unwrap_or_default();
    if wanted == '*' {
        return text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| text.get(at..).is_some_and(|text| wild(rest, text)));
    }
    let Some(own) = text.chars().next() else { return false };
    (wanted == '?' || wanted == own) && wild(rest, text.get(own.len_utf8()..).unwrap_or_default())
}

/// An add-on of a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Addon {
    /// `vpc-cni`, `coredns` …
    pub name: String,
    /// The cluster's name.
    pub cluster: String,
    /// Its version.
    pub version: Option<String>,
    /// `enableNetworkPolicy` of the VPC CNI's configuration; none where the answer does not say. No other value of an
    /// add-on's configuration is kept.
    pub network_policy: Option<bool>,
}

/// An access policy that is associated with an access entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct AccessPolicy {
    /// ARN of the policy, `arn:aws:eks::aws:cluster-access-policy/…`.
    pub policy: String,
    /// `cluster` or `namespace`.
    pub scope: String,
    /// Namespaces that it is limited to, sorted.
    pub namespaces: Vec<String>,
}

/// An access entry: an IAM principal that may use a cluster's API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessEntry {
    /// The cluster's name.
    pub cluster: String,
    /// ARN of the user or role.
    pub principal: String,
    /// `STANDARD`, `EC2_LINUX`, `FARGATE_LINUX` …
    pub entry_type: Option<String>,
    /// Kubernetes groups that the principal belongs to, sorted.
    pub groups: Vec<String>,
    /// Access policies, sorted; none where they were not collected.
    pub policies: Option<Vec<AccessPolicy>>,
}

impl AccessEntry {
    /// The account of the principal (IAM User Guide, "IAM ARNs").
    pub fn account(&self) -> Option<&str> {
        let account = self.principal.split(':').nth(4)?;
        (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
    }
}
