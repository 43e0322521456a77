//! Kubernetes kinds, trimmed to what is evaluated. Meanings are those of the Kubernetes API reference.

mod amazon;
mod delivery;
mod entrances;
mod foreign;
mod network_policy;
mod nodes;
mod rbac;
mod services;
mod workloads;

pub use amazon::*;
pub use delivery::*;
pub use entrances::*;
pub use foreign::*;
pub use network_policy::*;
pub use nodes::*;
pub use rbac::*;
pub use services::*;
pub use workloads::*;
