//! Load balancers (ELBv2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A load balancer (ALB, NLB or GWLB).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// The VPC.
    pub vpc: String,
    /// `application`, `network` or `gateway`.
    pub balancer_type: String,
    /// `internet-facing` or `internal`.
    pub scheme: String,
    /// Groups that it bears, sorted.
    pub groups: Vec<String>,
    /// Its subnets, sorted.
    pub subnets: Vec<String>,
    /// Allocation ids of fixed public addresses, sorted.
    pub allocations: Vec<String>,
    /// Whether its groups' inbound rules are about what comes over PrivateLink; none if that was not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_link_rules: Option<bool>,
}

/// A target group that an action forwards to, with its weight.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Forward {
    /// The target group's ARN.
    pub target_group: String,
    /// Its weight; 1 where an action names one group only.
    pub weight: i64,
}

/// A listener of a load balancer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listener {
    /// The load balancer's ARN.
    pub load_balancer: String,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `GENEVE`.
    pub protocol: String,
    /// The port that clients see.
    pub port: Option<u16>,
    /// Where its default action forwards to.
    pub forwards: Vec<Forward>,
    /// What its default action does: `forward`, `fixed-response`, `redirect https` …; none if the answer does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
    /// The security policy of a listener that ends TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_policy: Option<String>,
}

/// A rule of a listener.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ListenerRule {
    /// The listener's ARN.
    pub listener: String,
    /// `default` or a number.
    pub priority: String,
    /// Where its actions forward to.
    pub forwards: Vec<Forward>,
    /// What its actions do, as those of a listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
    /// Its conditions as text, `field=value,value`.
    pub conditions: Vec<String>,
}

/// A target group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetGroup {
    /// Its name.
    pub name: String,
    /// The VPC, none for Lambda.
    pub vpc: Option<String>,
    /// `instance`, `ip`, `alb` or `lambda`.
    pub target_type: String,
    /// Its protocol.
    pub protocol: String,
    /// The port of its targets, unless a target has one of its own.
    pub port: Option<u16>,
    /// ARNs of the load balancers that forward to it, sorted.
    #[serde(default)]
    pub balancers: Vec<String>,
    /// Whether its targets were collected.
    pub targets_known: bool,
}

/// A target of a target group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The target group's ARN.
    pub target_group: String,
    /// An instance id, an address, a load balancer's or a function's ARN.
    pub target: String,
    /// Its port.
    pub port: Option<u16>,
    /// `healthy`, `unhealthy`, `unused` …
    pub health: String,
}
