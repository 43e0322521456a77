//! Cuts a stream into blocks of whole lines, so that lines are parsed in parallel while only a few blocks are held.

use std::io::Read;

use memchr::{memchr, memrchr};

use super::MAX_LINE_BYTES;
use crate::model::GapReason;

/// How much is read at a time. Blocks are about so long, or as long as their one line. What a larger one gives no longer
/// stays in a core's cache, and the allocator hands its memory back after each.
const BLOCK_BYTES: usize = 64 << 10;

/// A stream that is read block by block.
pub(super) struct Blocks<R> {
    stream: R,
    /// The line that the last block began and did not end.
    rest: Vec<u8>,
    ended: bool,
    /// Why reading stopped before the end. What was read of the line that follows the last block is dropped.
    pub failed: Option<(GapReason, String)>,
}

impl<R: Read> Blocks<R> {
    pub fn new(stream: R) -> Self {
        Self { stream, rest: vec![], ended: false, failed: None }
    }

    /// Fills the buffer with the next whole lines; false, and an empty buffer, if there are none.
    pub fn fill(&mut self, block: &mut Vec<u8>) -> bool {
        block.clear();
        block.append(&mut self.rest);
        while !self.ended {
            let from = block.len();
            match self.stream.by_ref().take(BLOCK_BYTES as u64).read_to_end(block) {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                // a compressed stream that ends early, or a failing disk
                Err(error) => self.fail(GapReason::CutShort, format!("reading stopped: {error}")),
            }
            let first = block.get(..MAX_LINE_BYTES.min(block.len())).unwrap_or_default();
            if block.len() > MAX_LINE_BYTES && memchr(b'\n', first).is_none() {
                self.fail(GapReason::TooLarge, format!("a line longer than {} MiB", MAX_LINE_BYTES >> 20));
                block.clear();
            }
            // what is left of an earlier block holds no line feed
            if let Some(at) = block.get(from..).and_then(|new| memrchr(b'\n', new)) {
                self.rest.extend(block.drain(from + at + 1..));
                break;
            }
            if self.failed.is_some() {
                block.clear();
            }
        }
        if self.failed.is_some() {
            self.rest.clear();
        }
        !block.is_empty()
    }

    fn fail(&mut self, reason: GapReason, detail: String) {
        self.ended = true;
        self.failed.get_or_insert((reason, detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All blocks of a stream, and why it stopped early.
    fn blocks(stream: impl Read) -> (Vec<Vec<u8>>, Option<GapReason>) {
        let (mut blocks, mut all, mut block) = (Blocks::new(stream), vec![], vec![]);
        while blocks.fill(&mut block) {
            all.push(block.clone());
        }
        (all, blocks.failed.map(|(reason, _)| reason))
    }

    #[test]
    fn blocks_hold_whole_lines_and_lose_nothing() {
        // lines of every length up to several blocks, and a last one without an end
        let mut text = Vec::new();
        for length in [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, 7, BLOCK_BYTES * 3, 0, BLOCK_BYTES + 1, 500_000, 2] {
            text.extend(std::iter::repeat_n(b'x', length));
            text.push(b'\n');
        }
        text.extend(b"last");
        let (all, failed) = blocks(text.as_slice());
        assert_eq!(failed, None);
        assert_eq!(all.concat(), text);
        let (last, whole) = all.split_last().unwrap();
        assert!(last.ends_with(b"last") && whole.len() > 4);
        assert!(whole.iter().all(|block| block.ends_with(b"\n")));
    }

    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_no_longer() {
        let line = |length: usize| std::io::repeat(b'x').take(length as u64 - 1).chain(&b"\n"[..]);
        let (all, failed) = blocks(b"a\n".chain(line(MAX_LINE_BYTES)).chain(&b"b\n"[..]));
        assert_eq!((all.iter().map(Vec::len).sum::<usize>(), failed), (MAX_LINE_BYTES + 4, None));
        let (all, failed) = blocks(b"a\n".chain(line(MAX_LINE_BYTES + 1)).chain(&b"b\n"[..]));
        assert_eq!((all.concat(), failed), (b"a\n".to_vec(), Some(GapReason::TooLarge)));
        let (all, failed) = blocks(b"a\n".chain(std::io::repeat(b'x')));
        assert_eq!((all.concat(), failed), (b"a\n".to_vec(), Some(GapReason::TooLarge)), "and it is not read on");
    }

    #[test]
    fn what_stands_before_a_failure_is_read() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("broken"))
            }
        }
        let (all, failed) = blocks(b"a\nb\nhalf".chain(Broken));
        assert_eq!((all.concat(), failed), (b"a\nb\n".to_vec(), Some(GapReason::CutShort)));
    }
}
