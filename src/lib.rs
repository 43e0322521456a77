//! Shows whether the PCI zone of an estate on AWS, EKS and Istio is isolated, or exactly where it is not.
#![forbid(unsafe_code)]
pub mod cli;
pub mod config;
pub mod finding;
pub mod load;
pub mod model;
pub mod node;
pub mod policy;
pub mod reach;
pub mod report;
pub mod zone;
