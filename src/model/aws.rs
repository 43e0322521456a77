//! AWS kinds, trimmed to what is evaluated. References are the ids that AWS prints (`vpc-…`, `sg-…`), ARNs where AWS
//! prints ARNs; names and meanings are those of the EC2, ELBv2 and EKS API references.

mod eks;
mod elb;
mod gateways;
mod groups;
mod organization;
mod private_link;
mod transit;
mod vpc;

pub use eks::*;
pub use elb::*;
pub use gateways::*;
pub use groups::*;
pub use organization::*;
pub use private_link::*;
pub use transit::*;
pub use vpc::*;
