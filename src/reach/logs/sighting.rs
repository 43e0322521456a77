//! Where records stand: of any number of one kind, the first, how many, and the last time.

/// Where a record stands, and its ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The number of the file.
    pub file: u32,
    /// The line, from 1.
    pub line: u64,
    /// The sender's port.
    pub src_port: u16,
    /// The receiver's port.
    pub dst_port: u16,
}

/// Records of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// The first one.
    pub first: Seen,
    /// How many.
    pub records: u64,
    /// When the last window ended, in seconds since 1970; none if the format does not tell.
    pub last: Option<i64>,
}

impl Sighting {
    /// Adds others of their kind to these records.
    pub(super) fn add(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.records += other.records;
        self.last = self.last.max(other.last);
    }

    /// Adds these records to others of their kind, if there are any.
    pub(super) fn join(self, slot: &mut Option<Self>) {
        match slot {
            Some(known) => known.add(self),
            None => *slot = Some(self),
        }
    }

    /// Answers, with the ports in the order of the connection that they answer.
    pub(super) fn turned(self) -> Self {
        let Seen { src_port, dst_port, .. } = self.first;
        Self { first: Seen { src_port: dst_port, dst_port: src_port, ..self.first }, ..self }
    }
}
