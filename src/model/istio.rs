//! Istio kinds, trimmed to what is evaluated. Meanings are those of Istio's reference (security and mesh config).

mod mesh;
mod security;

pub use mesh::*;
pub use security::*;
