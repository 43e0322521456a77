//! Istio kinds, trimmed to what is evaluated. Meanings are those of Istio's reference (security, traffic and mesh config).

mod extensions;
mod mesh;
mod security;
mod traffic;

pub use extensions::*;
pub use mesh::*;
pub use security::*;
pub use traffic::*;
