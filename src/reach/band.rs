//! What a layer lets through, as two sets: what surely passes, and what was not shown to be stopped.

use crate::model::Connections;

/// What surely passes and what may pass; `must` is always a part of `may`.
///
/// What is not modelled or not known widens `may` and narrows `must`, and does nothing else: the denial of another
/// layer still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Surely let through.
    pub must: Connections,
    /// Not shown to be stopped.
    pub may: Connections,
}

impl Band {
    /// Everything passes.
    pub fn open() -> Self {
        Self::exactly(Connections::all())
    }

    /// Nothing passes.
    pub fn shut() -> Self {
        Self::exactly(Connections::default())
    }

    /// Nothing is known.
    pub fn unknown() -> Self {
        Self { must: Connections::default(), may: Connections::all() }
    }

    /// Just these pass.
    pub fn exactly(connections: Connections) -> Self {
        Self { must: connections.clone(), may: connections }
    }

    /// What passes both, one after the other.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { must: self.must.intersect(&other.must), may: self.may.intersect(&other.may) }
    }

    /// What passes one or the other, side by side.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self { must: self.must.union(&other.must), may: self.may.union(&other.may) }
    }

    /// What passes where one of the two decides and nobody knows which.
    #[must_use]
    pub fn either(&self, other: &Self) -> Self {
        Self { must: self.must.intersect(&other.must), may: self.may.union(&other.may) }
    }

    /// Takes these away from what passes.
    #[must_use]
    pub fn without(&self, connections: &Connections) -> Self {
        Self { must: self.must.subtract(connections), may: self.may.subtract(connections) }
    }

    /// Leaves open whether these pass.
    #[must_use]
    pub fn doubt(&self, connections: &Connections) -> Self {
        Self { must: self.must.subtract(connections), may: self.may.clone() }
    }
}
