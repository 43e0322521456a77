//! All pairs of workloads, and of workloads and what lies outside, between which policies let something through.

use std::collections::BTreeSet;
use std::net::IpAddr;

use rayon::prelude::*;

use super::answer::{Between, Place, blocks};
use super::clusters::{Clusters, Pods};
use super::ports::judged;
use crate::model::{AddressSet, Connections, NetworkPolicy};
use crate::reach::band::Band;

/// What passes from one end to another.
#[derive(Debug)]
pub struct WorkloadPair<'p, 'a> {
    /// Where it begins.
    pub src: Place<'p, 'a>,
    /// Where it ends.
    pub dst: Place<'p, 'a>,
    /// What surely passes.
    pub must: Connections,
    /// What may pass.
    pub may: Connections,
}

impl<'p, 'a> WorkloadPair<'p, 'a> {
    /// TCP, UDP and SCTP of it: of other protocols policies say nothing. None where nothing passes.
    fn of(src: Place<'p, 'a>, dst: Place<'p, 'a>, between: &Between<'_, 'a>) -> Option<Self> {
        let Band { must, may } = between.band.and(&Band::exactly(judged()));
        let must = if between.open.is_some() { Connections::default() } else { must };
        (!may.is_empty()).then_some(Self { src, dst, must, may })
    }
}

impl<'a> Clusters<'a> {
    /// All pairs with a workload at one end at least between which something passes or may. None where more was read than
    /// Kubernetes objects: there policies alone decide nothing.
    pub fn pairs(&self) -> Vec<WorkloadPair<'_, 'a>> {
        if !self.stand_alone() {
            return vec![];
        }
        let policies = self.inventory.of::<NetworkPolicy>();
        let cuts: BTreeSet<_> = policies.flat_map(|(_, _, policy)| blocks(policy)).collect();
        let cuts: Vec<_> = cuts.into_iter().collect();
        let outside = AddressSet::everything().parts(&cuts);
        self.pods.par_iter().flat_map_iter(|own| self.pairs_of(own, &outside)).collect()
    }

    fn pairs_of<'p>(&'p self, own: &'p Pods<'a>, outside: &[(IpAddr, AddressSet)]) -> Vec<WorkloadPair<'p, 'a>> {
        let others = self.pods.iter().filter(|to| !std::ptr::eq(*to, own));
        let to = others.filter_map(|to| WorkloadPair::of(Place::Pods(own), Place::Pods(to), &self.between(own, to)));
        let beyond = outside.iter().flat_map(|(address, part)| {
            let place = || Place::Addresses(part.clone());
            let out = WorkloadPair::of(Place::Pods(own), place(), &self.leaving(own, *address));
            out.into_iter().chain(WorkloadPair::of(place(), Place::Pods(own), &self.entering(*address, own)))
        });
        to.chain(beyond).collect()
    }
}
