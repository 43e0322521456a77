//! Reach: the engine against its second evaluator, and against estates of which the answers are known.

mod again;
mod agreement;
mod command;
mod estate;
mod estates;
mod flows;
mod logged;
mod logs;
mod pods;
mod policies;
mod relays;
mod truth_tables;
