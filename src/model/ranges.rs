//! Sets of integers as sorted, disjoint, non-adjacent closed intervals.
//!
//! The one piece of set algebra under addresses and connections: union, intersection and difference are single merges
//! of sorted lists. A set is normalised by construction, so equal sets compare equal.

use std::collections::BTreeMap;

/// An integer that has neighbours.
pub trait Step: Copy + Ord {
    /// The next larger value, none at the end of the line.
    fn up(self) -> Option<Self>;
    /// The next smaller value, none at its start.
    fn down(self) -> Option<Self>;
}

macro_rules! step {
    ($($t:ty),*) => {$(
        impl Step for $t {
            fn up(self) -> Option<Self> { self.checked_add(1) }
            fn down(self) -> Option<Self> { self.checked_sub(1) }
        }
    )*};
}
step!(u32, u128);

/// A set of integers, normalised: sorted, disjoint, and no two intervals touch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RangeSet<T>(Vec<(T, T)>);

impl<T> Default for RangeSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Step> RangeSet<T> {
    /// The set of all values from `low` to `high`, both included; empty if `low > high`.
    pub fn of(low: T, high: T) -> Self {
        if low > high { Self::default() } else { Self(vec![(low, high)]) }
    }

    /// The union of many intervals, in any order.
    pub fn from_intervals(intervals: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut all: Vec<(T, T)> = intervals.into_iter().filter(|(low, high)| low <= high).collect();
        all.sort_unstable();
        let mut merged: Vec<(T, T)> = Vec::with_capacity(all.len());
        for (low, high) in all {
            match merged.last_mut() {
                // touching intervals melt together: 1-3 and 4-6 are 1-6
                Some(last) if last.1.up().is_none_or(|next| low <= next) => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        Self(merged)
    }

    /// The smallest interval that holds the whole set.
    pub fn hull(&self) -> Self {
        let ends = self.0.first().zip(self.0.last());
        ends.map_or_else(Self::default, |((low, _), (_, high))| Self::of(*low, *high))
    }

    /// The intervals, ascending, both ends included.
    pub fn intervals(&self) -> &[(T, T)] {
        &self.0
    }

    /// Whether the set holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that is in either set.
    pub fn union(&self, other: &Self) -> Self {
        // most sets are unions that began with nothing
        match (self.0.as_slice(), other.0.as_slice()) {
            ([], _) => return Self(other.0.clone()),
            (_, []) => return Self(self.0.clone()),
            _ => {}
        }
        Self::from_intervals(self.0.iter().chain(&other.0).copied())
    }

    /// Everything that is in both sets.
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut i, mut j, mut out) = (0, 0, Vec::with_capacity(self.0.len().min(other.0.len())));
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            let (low, high) = (a.0.max(b.0), a.1.min(b.1));
            if low <= high {
                out.push((low, high));
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        Self(out)
    }

    /// Everything that is in this set and not in the other.
    pub fn subtract(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let mut j = 0;
        for &(low, high) in &self.0 {
            let mut low = Some(low);
            while other.0.get(j).is_some_and(|cut| cut.1 < low.unwrap_or(high)) {
                j += 1;
            }
            let mut k = j;
            while let (Some(from), Some(cut)) = (low, other.0.get(k)) {
                if cut.0 > high {
                    break;
                }
                if let Some(before) = cut.0.down()
                    && from <= before
                {
                    out.push((from, before));
                }
                low = cut.1.up().filter(|next| *next <= high);
                k += 1;
            }
            if let Some(from) = low {
                out.push((from, high));
            }
        }
        Self(out)
    }

    /// Whether a value is in the set.
    pub fn holds(&self, value: T) -> bool {
        let after = self.0.partition_point(|(low, _)| *low <= value);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, high)| value <= *high)
    }

    /// Values of the set at which it begins, or one of the intervals begins or has just ended: at least one of each part
    /// that no interval tells apart, ascending.
    pub fn landmarks(&self, intervals: &[(T, T)]) -> Vec<T> {
        let cuts = intervals.iter().flat_map(|(low, high)| [Some(*low), high.up()]).flatten();
        let mut all: Vec<T> = cuts.filter(|value| self.holds(*value)).collect();
        all.extend(self.0.iter().map(|(low, _)| *low));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The parts of the set that no interval tells apart, in the order of their lowest values. Intervals nest or are apart,
    /// so that the innermost one around a value tells all that are around it.
    pub fn parts(&self, intervals: &[(T, T)]) -> Vec<Self> {
        let mut inner = intervals.to_vec();
        inner.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        inner.dedup();
        // where the innermost interval changes, and to which; none outside of all of them
        let mut cuts: Vec<(T, Option<usize>)> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let close = |open: &mut Vec<usize>, cuts: &mut Vec<(T, Option<usize>)>, before: Option<T>| {
            while let Some(high) = open.last().and_then(|at| inner.get(*at)).map(|(_, high)| *high) {
                if before.is_some_and(|low| high >= low) {
                    break;
                }
                open.pop();
                cuts.extend(high.up().map(|next| (next, open.last().copied())));
            }
        };
        for (at, (low, _)) in inner.iter().enumerate() {
            close(&mut open, &mut cuts, Some(*low));
            open.push(at);
            cuts.push((*low, Some(at)));
        }
        close(&mut open, &mut cuts, None);
        let mut parts: BTreeMap<Option<usize>, Vec<(T, T)>> = BTreeMap::new();
        for (low, high) in &self.0 {
            let first = cuts.partition_point(|(cut, _)| cut <= low);
            let mut inside = first.checked_sub(1).and_then(|at| cuts.get(at)).and_then(|(_, inside)| *inside);
            let mut low = *low;
            for (cut, next) in cuts.iter().skip(first).take_while(|(cut, _)| cut <= high) {
                if let Some(end) = cut.down().filter(|end| *end >= low) {
                    parts.entry(inside).or_default().push((low, end));
                }
                (low, inside) = (*cut, *next);
            }
            parts.entry(inside).or_default().push((low, *high));
        }
        let mut parts: Vec<Self> = parts.into_values().map(Self::from_intervals).collect();
        parts.sort_unstable();
        parts
    }

    /// Whether every value of `other` is in this set.
    pub fn contains(&self, other: &Self) -> bool {
        other.subtract(self).is_empty()
    }

    /// Whether the two sets share a value.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            if a.0.max(b.0) <= a.1.min(b.1) {
                return true;
            }
            if a.1 < b.1 { i += 1 } else { j += 1 }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::RangeSet;

    /// Every subset of 0..8 as a bit mask: the slow oracle for the set algebra.
    fn of(mask: u32) -> RangeSet<u32> {
        RangeSet::from_intervals((0..8).filter(|bit| mask >> bit & 1 == 1).map(|bit| (bit, bit)))
    }

    #[test]
    fn algebra_agrees_with_bit_masks_on_all_pairs_of_subsets() {
        for a in 0..256 {
            for b in 0..256 {
                assert_eq!(of(a).union(&of(b)), of(a | b), "{a:08b} | {b:08b}");
                assert_eq!(of(a).intersect(&of(b)), of(a & b), "{a:08b} & {b:08b}");
                assert_eq!(of(a).subtract(&of(b)), of(a & !b), "{a:08b} - {b:08b}");
                assert_eq!(of(a).contains(&of(b)), b & !a == 0, "{a:08b} ⊇ {b:08b}");
                assert_eq!(of(a).holds(b), b < 8 && a >> b & 1 == 1, "{b} ∈ {a:08b}");
                assert_eq!(of(a).overlaps(&of(b)), a & b != 0, "{a:08b} ∩ {b:08b}");
            }
        }
    }

    #[test]
    fn both_ends_of_the_line_survive_subtraction() {
        let all = RangeSet::of(0, u32::MAX);
        assert!(all.subtract(&all).is_empty());
        assert_eq!(all.subtract(&RangeSet::of(0, 0)), RangeSet::of(1, u32::MAX));
        assert_eq!(all.subtract(&RangeSet::of(u32::MAX, u32::MAX)), RangeSet::of(0, u32::MAX - 1));
    }

    #[test]
    fn landmarks_meet_every_part_that_intervals_tell_apart() {
        let cuts = [(1, 3), (2, 5), (6, 6)];
        let signature = |value: u32| cuts.map(|(low, high)| (low..=high).contains(&value));
        for mask in 0..256 {
            let met: Vec<_> = of(mask).landmarks(&cuts).into_iter().map(signature).collect();
            let all = (0..8).filter(|bit| mask >> bit & 1 == 1);
            assert!(all.map(signature).all(|part| met.contains(&part)), "{mask:08b}");
            assert!(of(mask).landmarks(&cuts).iter().all(|value| of(mask).holds(*value)), "{mask:08b}");
        }
    }

    #[test]
    fn parts_are_what_intervals_tell_apart() {
        // nested, apart, alike, and around everything
        let cuts = [(1, 4), (2, 2), (2, 3), (2, 3), (6, 7), (0, u32::MAX), (7, 7)];
        for some in [&cuts[..], &cuts[1..2], &cuts[..0], &cuts[4..5]] {
            for mask in 0..256 {
                let parts = of(mask).parts(some);
                let all = parts.iter().fold(RangeSet::default(), |all, part| all.union(part));
                assert_eq!(all, of(mask), "{mask:08b}");
                let values = |part: &RangeSet<u32>| (0..8).filter(|value| part.holds(*value)).collect::<Vec<_>>();
                let told =
                    |value: u32| some.iter().map(|(low, high)| (*low..=*high).contains(&value)).collect::<Vec<_>>();
                let each: Vec<_> = parts.iter().map(values).collect();
                assert!(each.iter().all(|part| part.iter().all(|value| told(*value) == told(part[0]))), "{mask:08b}");
                let mut met: Vec<_> = each.iter().map(|part| told(part[0])).collect();
                met.sort();
                met.dedup();
                assert_eq!(met.len(), parts.len(), "{mask:08b}: a part in several pieces");
            }
        }
    }

    #[test]
    fn an_interval_upside_down_is_empty() {
        assert!(RangeSet::of(2_u32, 1).is_empty());
        assert!(RangeSet::from_intervals([(2_u32, 1)]).is_empty());
    }
}
