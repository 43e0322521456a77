//! Pods of clusters: what can pass between workloads, as far as NetworkPolicies decide.
//!
//! Sources: Kubernetes, "Network Policies" and API reference, NetworkPolicySpec.

mod answer;
mod clusters;
mod enforcer;
mod mesh;
mod pairs;
mod policy;
mod ports;
mod relays;

pub use answer::Place;
pub use clusters::{Clusters, Pods};
pub use enforcer::{ASSUMPTION, Doubt, Enforcer, enforcers, is_enforcer};
pub use mesh::{AMBIENT, meshed};
pub use pairs::WorkloadPair;
pub use ports::judged as judged_protocols;
