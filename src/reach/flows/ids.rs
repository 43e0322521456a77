//! Ids of interfaces by classes: what a flow says of its ends.

use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;

use super::classes::Class;
use crate::reach::network::Network;

/// Ids, ascending.
pub(super) type Own = Arc<[Arc<str>]>;

/// The ids of classes, and of those that flows begin at together: many flows do so at the same ones, and share them.
pub(super) struct Ids {
    of_class: Vec<Own>,
    /// Interfaces of each class, by the places of their ids in `all`.
    places: Vec<Vec<usize>>,
    all: Vec<Arc<str>>,
    of_many: Mutex<HashMap<Arc<[usize]>, Own>>,
}

impl Ids {
    pub fn of(network: &Network<'_>, classes: &[Class<'_>]) -> Self {
        let id = |at: usize| network.interfaces.get(at).map(|interface| &interface.asset.id);
        let mut order: Vec<usize> = (0..network.interfaces.len()).collect();
        order.sort_unstable_by_key(|at| id(*at));
        let all: Vec<Arc<str>> = order.iter().filter_map(|at| id(*at)).map(Arc::clone).collect();
        let mut place = vec![0; order.len()];
        for (at, interface) in order.iter().enumerate() {
            if let Some(place) = place.get_mut(*interface) {
                *place = at;
            }
        }
        let of = |class: &Class<'_>| {
            let mut places: Vec<usize> = class.members.iter().filter_map(|at| place.get(*at)).copied().collect();
            places.sort_unstable();
            places
        };
        let places: Vec<Vec<usize>> = classes.iter().map(of).collect();
        let of_class = places.iter().map(|places| told(&all, places)).collect();
        Self { of_class, places, all, of_many: Mutex::default() }
    }

    /// The ids of one class.
    pub fn of_class(&self, class: usize) -> Own {
        self.of_class.get(class).map_or_else(|| Arc::new([]), Arc::clone)
    }

    /// The ids of several classes, each once.
    pub fn of_classes(&self, classes: &Arc<[usize]>) -> Own {
        if let [one] = **classes {
            return self.of_class(one);
        }
        let lock = || self.of_many.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(classes) {
            return Arc::clone(known);
        }
        let mut places: Vec<usize> =
            classes.iter().filter_map(|class| self.places.get(*class)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        let own = told(&self.all, &places);
        Arc::clone(lock().entry(Arc::clone(classes)).or_insert(own))
    }
}

fn told(all: &[Arc<str>], places: &[usize]) -> Own {
    places.iter().filter_map(|at| all.get(*at)).map(Arc::clone).collect()
}
