//! VPC flow logs against the engine: what a log says was accepted must not be called denied.
//!
//! `record` reads lines, `observed` sorts them by ends, port and role and forgets the rest, `replay` asks about each of
//! them, and `judge` compares the engine's answer with what the records show. `sighting` is where records stand.
//! Opening files and telling people is the command line's.

mod judge;
mod observed;
mod record;
mod replay;
mod sighting;

pub use observed::Observed;
pub use record::{Format, Line, Record, RecordError};
pub use replay::{Contradiction, Flow, Rejected, Replay, Shown, Undecided};
pub use sighting::{Seen, Sighting};
