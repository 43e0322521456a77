//! Declared flows.

use ipnet::IpNet;
use jiff::civil::Date;

use super::Matcher;
use crate::model::{Connections, Spot};

/// A declared flow: traffic over a border that somebody approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its name.
    pub id: String,
    /// Who may begin connections.
    pub from: End,
    /// To whom.
    pub to: End,
    /// Which, ports as the client sees them.
    pub connections: Connections,
    /// What a connection must bring beyond addresses and ports.
    pub requires: Requires,
    /// What makes an insecure protocol secure (PCI DSS 1.2.6).
    pub security_features: Vec<String>,
    /// Why it is needed.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    pub approved_by: String,
    /// Where the approval is recorded.
    pub ticket: Option<String>,
    /// When it was approved.
    pub approved: Date,
    /// When it was last reviewed.
    pub reviewed: Option<Date>,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where it stands.
    pub spot: Spot,
}

/// What a connection must bring. Empty lists ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requires {
    /// Mutual TLS.
    pub mtls: bool,
    /// Identities, `*` at an end.
    pub principals: Vec<String>,
    /// HTTP methods.
    pub methods: Vec<String>,
    /// HTTP paths.
    pub paths: Vec<String>,
    /// HTTP hosts.
    pub hosts: Vec<String>,
}

/// An end of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there are a few dozen flows, and nearly all ends are of the larger kind"
)]
pub enum End {
    /// Every public unicast address.
    Internet,
    /// What matches all given parts.
    Where {
        /// The zone.
        zone: Option<String>,
        /// The environment.
        environment: Option<String>,
        /// Addresses.
        cidr: Option<IpNet>,
        /// Cluster, namespace and asset patterns.
        matcher: Matcher,
        /// Workload or service account pattern.
        workload: Option<String>,
    },
}

impl End {
    /// Whether a border lies in this end, whatever it says of what is inside the border.
    pub fn holds_border(&self, zone: &str, environment: Option<&str>) -> bool {
        match self {
            Self::Internet => false,
            Self::Where { zone: z, environment: e, .. } => {
                z.as_deref().is_none_or(|z| z == zone) && e.as_deref().is_none_or(|e| environment == Some(e))
            }
        }
    }

    /// Whether it names something that addresses and ports cannot tell: a namespace, workload or cluster.
    pub fn is_inside_cluster(&self) -> bool {
        match self {
            Self::Internet => false,
            Self::Where { matcher, workload, .. } => {
                matcher.cluster.is_some() || matcher.namespace.is_some() || workload.is_some()
            }
        }
    }
}

impl Flow {
    /// Whether the approval still counts on a day.
    pub fn counts_on(&self, day: Date) -> bool {
        day <= self.expires
    }

    /// The day on which somebody last looked at it: its review, else its approval.
    pub fn looked_at(&self) -> Date {
        self.reviewed.unwrap_or(self.approved)
    }
}
