//! Joins what the files gave into one inventory: pieces find the assets that they belong to, pods fold into owners,
//! and accounts, Regions and namespaces that are only named get an asset of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};
use ipnet::IpNet;

use super::batch::{Batch, Piece};
use super::{aws_cli, dangling};
use crate::model::{
    AccessPolicy, Account, Asset, Body, Connections, Coverage, Direction, Gap, GapReason, Inventory, Listed, Listing,
    Namespace, Origin, Peer, Place, Region, Route, SecurityGroupRule, Spot, Tags, account_id, arn_of, kube_id,
};

/// Top-level key, account and Region.
type Pages = (String, Option<Arc<str>>, Option<Arc<str>>);

/// Pieces by what they complete.
#[derive(Default)]
struct Pieces {
    tags: HashMap<String, Tags>,
    inline_rules: Vec<Asset>,
    prefix_entries: HashMap<String, BTreeSet<IpNet>>,
    routes: HashMap<String, Vec<Route>>,
    propagations: HashMap<String, Vec<String>>,
    principals: HashMap<String, BTreeSet<String>>,
    targets_listed: HashSet<String>,
    attachments: BTreeMap<Arc<str>, Asset>,
    /// By cluster and principal.
    access_policies: HashMap<(String, String), Vec<AccessPolicy>>,
    /// Answers by key, account and Region: whether more follows, in which file and where.
    pages: BTreeMap<Pages, Vec<(bool, Arc<str>, Spot)>>,
    pods: Vec<Asset>,
    owned: Vec<(Asset, String)>,
}

/// Adds all batches, in their order, and settles the inventory.
pub(super) fn join(batches: Vec<Batch>, inventory: &mut Inventory) {
    let (mut assets, mut pieces) = (Vec::new(), Pieces::default());
    for batch in batches {
        inventory.coverage.absorb(batch.coverage);
        if assets.is_empty() {
            // of a large snapshot no second copy is made
            assets = batch.assets;
        } else {
            assets.extend(batch.assets);
        }
        for piece in batch.pieces {
            match piece {
                Piece::Page(key, more, spot) => {
                    let place = (key, batch.place.account.clone(), batch.place.region.clone());
                    pieces.pages.entry(place).or_default().push((more, Arc::clone(&batch.file), spot));
                }
                piece => pieces.take(piece),
            }
        }
    }
    pieces.rules(&mut assets);
    assets.extend(std::mem::take(&mut pieces.attachments).into_values());
    pieces.workloads(&mut assets);
    assets.extend(places(&assets));
    pieces.complete(&mut assets);
    pieces.leftover(&assets, &mut inventory.coverage);
    pieces.unfinished(&mut inventory.coverage);
    inventory.coverage.gaps.extend(dangling::gaps(&assets));
    let one = |part: fn(&Place) -> &Option<Arc<str>>| {
        let all: BTreeSet<&Arc<str>> = assets.iter().filter_map(|asset| part(&asset.place).as_ref()).collect();
        all.first().filter(|_| all.len() == 1).map(|only| Arc::clone(only))
    };
    let (account, region) = (one(|place| &place.account), one(|place| &place.region));
    inventory.coverage.settle_places(account.as_ref(), region.as_ref());
    inventory.extend(assets);
    inventory.settle();
}

impl Pieces {
    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Tags(id, tags) => self.tags.entry(id).or_default().extend(tags),
            Piece::InlineRule(asset) => self.inline_rules.push(*asset),
            Piece::PrefixEntries(list, entries) => self.prefix_entries.entry(list).or_default().extend(entries),
            Piece::TransitRoutes(table, routes) => self.routes.entry(table).or_default().extend(routes),
            Piece::TransitPropagations(table, all) => self.propagations.entry(table).or_default().extend(all),
            Piece::Principals(service, all) => self.principals.entry(service).or_default().extend(all),
            Piece::TargetsListed(group) => drop(self.targets_listed.insert(group)),
            Piece::AccessPolicies(cluster, principal, policies) => {
                self.access_policies.entry((cluster, principal)).or_default().extend(policies);
            }
            Piece::Attachment(asset) => self.attachment(*asset),
            // told by its file, so taken apart where that is known
            Piece::Page(..) => {}
            Piece::Pod(asset) => self.pods.push(*asset),
            Piece::Owned(asset, owner) => self.owned.push((*asset, owner)),
        }
    }

    /// One call tells the table, the other the subnets: what one leaves empty the other fills.
    fn attachment(&mut self, new: Asset) {
        let Some(known) = self.attachments.get_mut(&new.id) else {
            self.attachments.insert(Arc::clone(&new.id), new);
            return;
        };
        known.tags.extend(new.tags);
        if let (Body::TransitGatewayAttachment(known), Body::TransitGatewayAttachment(new)) =
            (&mut known.body, new.body)
        {
            let fill = |known: &mut String, new: String| {
                if known.is_empty() {
                    *known = new;
                }
            };
            fill(&mut known.resource, new.resource);
            fill(&mut known.resource_account, new.resource_account);
            fill(&mut known.state, new.state);
            if known.subnets.is_empty() {
                known.subnets = new.subnets;
            }
            known.route_table = known.route_table.take().or(new.route_table);
        }
    }

    /// Fills what other answers tell of an asset: tags, entries, routes, whether targets were listed.
    fn complete(&self, assets: &mut [Asset]) {
        for asset in assets {
            if let Some(tags) = self.tags.get(&*asset.id) {
                asset.tags.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            let short = || asset.id.rsplit('/').next().unwrap_or_default();
            match &mut asset.body {
                Body::PrefixList(list) => {
                    if let Some(entries) = self.prefix_entries.get(short()) {
                        list.entries = Some(entries.iter().copied().collect());
                    }
                }
                Body::TransitGatewayRouteTable(table) => {
                    // a snapshot's tables bring theirs along
                    let short = short();
                    table.routes = self.routes.get(short).cloned().or(table.routes.take());
                    table.propagations = self.propagations.get(short).cloned().or(table.propagations.take());
                }
                Body::VpcEndpointService(service) => {
                    if let Some(all) = self.principals.get(short()) {
                        service.principals = Some(all.iter().cloned().collect());
                    }
                }
                Body::AccessEntry(entry) => {
                    let key = (entry.cluster.clone(), entry.principal.clone());
                    // a snapshot's entries bring theirs along
                    entry.policies = self.access_policies.get(&key).cloned().or(entry.policies.take());
                }
                Body::TargetGroup(group) => group.targets_known |= self.targets_listed.contains(&*asset.id),
                _ => {}
            }
        }
    }

    /// An answer that says more pages follow, without a last page anywhere, was cut short.
    fn unfinished(&self, coverage: &mut Coverage) {
        for ((key, account, region), pages) in &self.pages {
            if let (Some((_, file, spot)), false) = (pages.first(), pages.iter().any(|(more, ..)| !more)) {
                for kind in aws_cli::kinds_of(key) {
                    let (kind, account, region) = ((*kind).to_owned(), account.clone(), region.clone());
                    coverage.list(Listing { kind, account, region, cluster: None }, Listed::Partly);
                }
                coverage.gaps.push(Gap {
                    what: file.to_string(),
                    reason: GapReason::CutShort,
                    detail: format!("the answer for `{key}` says that more follows, and no last page was read"),
                    mend: "dump all pages: leave out --max-items and --no-paginate".to_owned(),
                    at: Some(*spot),
                });
            }
        }
    }

    /// What completes an asset that was not read is not dropped silently.
    fn leftover(&self, assets: &[Asset], coverage: &mut Coverage) {
        for (cluster, principal) in self.access_policies.keys() {
            let read = |asset: &Asset| matches!(&asset.body, Body::AccessEntry(e) if e.cluster == *cluster && e.principal == *principal);
            if !assets.iter().any(read) {
                coverage.skip("EksAccessPolicies of what was not read");
            }
        }
        let none = self.tags.is_empty() && self.targets_listed.is_empty() && self.prefix_entries.is_empty();
        if none && self.routes.is_empty() && self.propagations.is_empty() {
            return;
        }
        let ids: HashSet<&str> = assets.iter().map(|asset| &*asset.id).collect();
        let shorts: HashSet<&str> = ids.iter().filter_map(|id| id.rsplit('/').next()).collect();
        let mut count = |what: &str, keys: &mut dyn Iterator<Item = &String>, known: &HashSet<&str>| {
            for _ in keys.filter(|key| !known.contains(key.as_str())) {
                coverage.skip(format!("{what} of what was not read"));
            }
        };
        count("tags", &mut self.tags.keys(), &ids);
        count("LoadBalancerTargetHealth", &mut self.targets_listed.iter(), &ids);
        count("ManagedPrefixListEntries", &mut self.prefix_entries.keys(), &shorts);
        count("TransitGatewayStaticRoutes", &mut self.routes.keys(), &shorts);
        count("AllowedPrincipals", &mut self.principals.keys(), &shorts);
        count("TransitGatewayPropagations", &mut self.propagations.keys(), &shorts);
    }

    /// Inline rules that are not listed with an id of their own. Compared by what they say, never by group alone: a
    /// listing with a page missing must not hide what the group itself states.
    fn rules(&mut self, assets: &mut Vec<Asset>) {
        if self.inline_rules.is_empty() {
            return;
        }
        type Said = (String, Direction, Option<Connections>, Peer);
        let said = |rule: &SecurityGroupRule| -> Said {
            let connections = Connections::from_aws(&rule.protocol, rule.from_port, rule.to_port);
            (rule.group.clone(), rule.direction, connections, rule.peer.clone())
        };
        let listed: BTreeSet<Said> = assets
            .iter()
            .filter_map(|asset| match &asset.body {
                Body::SecurityGroupRule(rule) => Some(said(rule)),
                _ => None,
            })
            .collect();
        assets.extend(
            std::mem::take(&mut self.inline_rules)
                .into_iter()
                .filter(|asset| !matches!(&asset.body, Body::SecurityGroupRule(rule) if listed.contains(&said(rule)))),
        );
    }

    /// Owned objects and pods fold into the topmost owner that was read.
    fn workloads(&mut self, assets: &mut Vec<Asset>) {
        let mut at: HashMap<Arc<str>, usize> = HashMap::default();
        let mut owners: HashMap<Arc<str>, Arc<str>> = HashMap::default();
        for (index, asset) in assets.iter().enumerate() {
            if matches!(asset.body, Body::Workload(_)) {
                at.insert(Arc::clone(&asset.id), index);
            }
        }
        for (asset, owner) in std::mem::take(&mut self.owned) {
            if at.contains_key(owner.as_str()) {
                owners.insert(asset.id, owner.into());
            } else {
                at.insert(Arc::clone(&asset.id), assets.len());
                assets.push(asset);
            }
        }
        for mut pod in std::mem::take(&mut self.pods) {
            let id = owners.get(&pod.id).unwrap_or(&pod.id);
            match at.get(id).and_then(|index| assets.get_mut(*index)).and_then(Piece::workload) {
                Some(owner) => {
                    if let Some(pod) = Piece::workload(&mut pod) {
                        owner.pods += pod.pods;
                        owner.proxies = Some(owner.proxies.unwrap_or_default() + pod.proxies.unwrap_or_default());
                        // what runs may hold more than what was asked for: injected proxies above all
                        owner.containers.append(&mut pod.containers);
                        owner.containers.sort();
                        owner.containers.dedup();
                        owner.addresses.append(&mut pod.addresses);
                        owner.addresses.sort_unstable();
                        let keys = pod.labels.keys().chain(owner.labels.keys());
                        let varying = keys.filter(|key| pod.labels.get(*key) != owner.labels.get(*key));
                        let varying: Vec<String> = varying.cloned().collect();
                        owner.varying.extend(varying);
                        owner.varying.sort();
                        owner.varying.dedup();
                    }
                }
                None => {
                    at.insert(Arc::clone(&pod.id), assets.len());
                    assets.push(pod);
                }
            }
        }
    }
}

/// Assets for accounts, Regions and namespaces that others stand in and nobody described.
fn places(assets: &[Asset]) -> Vec<Asset> {
    let mut named: BTreeMap<String, Asset> = BTreeMap::new();
    let known: HashSet<&str> =
        assets.iter().filter(|a| matches!(a.body, Body::Account(_) | Body::Namespace(_))).map(|a| &*a.id).collect();
    let mut add = |id: String, place: Place, origin: &Origin, body: Body| {
        if !known.contains(id.as_str()) && !named.contains_key(&id) {
            let origin = match origin {
                // the places of the telling object's fields are not this asset's
                Origin::File { file, line, column, .. } => {
                    Origin::File { file: Arc::clone(file), line: *line, column: *column, fields: vec![] }
                }
                Origin::Arn { .. } => Origin::Arn { arn: id.as_str().into() },
            };
            let asset = Asset { id: id.as_str().into(), origin, place, tags: Tags::default(), body };
            named.insert(id, asset);
        }
    };
    let mut seen = HashSet::new();
    let mut last = None;
    for asset in assets {
        // whose a principal is decides who may use a cluster
        if let Body::AccessEntry(entry) = &asset.body
            && let Some(account) = entry.account()
        {
            let only = Place { account: Some(account.into()), ..Place::default() };
            add(account_id(account), only, &asset.origin, Account::default().into());
        }
        let place = &asset.place;
        // a million rules stand in a handful of places, and mostly one after the other
        if last.replace(place) == Some(place)
            || !seen.insert((&place.account, &place.region, &place.cluster, &place.namespace))
        {
            continue;
        }
        if let Some(account) = &place.account {
            let only = Place { account: Some(Arc::clone(account)), ..Place::default() };
            add(account_id(account), only, &asset.origin, Account::default().into());
            if let Some(region) = &place.region {
                let id = arn_of("ec2", region, account, &format!("region/{region}"));
                let both =
                    Place { account: Some(Arc::clone(account)), region: Some(Arc::clone(region)), ..Place::default() };
                add(id, both, &asset.origin, Region {}.into());
            }
        }
        if let (Some(cluster), Some(namespace)) = (&place.cluster, &place.namespace) {
            let id = kube_id(cluster, "", "Namespace", namespace);
            let both = Place {
                cluster: Some(Arc::clone(cluster)),
                namespace: Some(Arc::clone(namespace)),
                ..Place::default()
            };
            add(id, both, &asset.origin, Namespace { implied: true }.into());
        }
    }
    named.into_values().collect()
}
