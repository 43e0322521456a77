//! Kubernetes kinds, trimmed to what is evaluated. Meanings are those of the Kubernetes API reference.

mod delivery;
mod network_policy;
mod services;
mod workloads;

pub use delivery::*;
pub use network_policy::*;
pub use services::*;
pub use workloads::*;
