//! Reach: which connections can pass from one end to another, through all layers of the network together.
//!
//! Sound first: `denied` is said only when it is shown. Every layer carries what surely passes and what may ([`Band`]);
//! what is not modelled or was not collected widens the latter and does nothing else.

mod band;
mod blocks;
pub mod check;
mod crossings;
mod decide;
mod edge;
mod ends;
mod entrances;
mod flows;
mod guards;
mod index;
mod kube;
mod listeners;
pub mod logs;
mod network;
mod over_transit;
mod query;
mod relays;
mod routes;
mod transit;
mod walk;
mod way;

pub use band::Band;
pub use ends::{End, EndError};
pub use flows::{Apart, Flow, Outside, Party};
pub use kube::{
    AMBIENT, ASSUMPTION, Clusters, Doubt, Enforcer, Place, Pods, WorkloadPair, enforcers, is_enforcer,
    judged_protocols, meshed,
};
pub use network::{Change, Network};
pub use query::{Answer, Question, Verdict};
pub use walk::public as public_addresses;
pub use way::Hop;
