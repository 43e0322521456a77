//! Integration tests: the program as a user runs it, against real peers (stock `opa`, the SARIF validator).
//!
//! One binary, one module a subject. `bash tests/run` installs the peers and runs all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says by a panic that it failed"
)]

mod aws_shapes;
mod bad_input;
mod command_line;
mod configuration;
mod crossings;
mod estates;
mod fixtures;
mod fuzz;
mod gitops;
mod kube_shapes;
mod layers;
mod opa;
mod reach;
mod rule_pack;
mod sarif;
mod schemas;
mod snapshots;
mod support;
mod twins;
mod unknowns;
mod user_rules;
mod waivers;
