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
    /// Adds these records to others of their kind.
    pub(super) fn join(self, slot: &mut Option<Self>) {
        let known = slot.get_or_insert(Self { records: 0, ..self });
        known.first = known.first.min(self.first);
        known.records += self.records;
        known.last = known.last.max(self.last);
    }

    /// Answers, with the ports in the order of the connection that they answer.
    pub(super) fn turned(self) -> Self {
        let Seen { src_port, dst_port, .. } = self.first;
        Self { first: Seen { src_port: dst_port, dst_port: src_port, ..self.first }, ..self }
    }
}
