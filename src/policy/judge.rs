//! From evaluations to findings: outcome, message, place, fingerprint.

use std::collections::{HashMap, HashSet};

use super::engine::{self, Denial, Evaluated, is_undetermined};
use super::facts::{About, Because, Context, Fact, Reason};
use super::message::render;
use super::metadata::Lang;
use super::pack::{Pack, Rule};
use super::worker::Worker;
use super::{PolicyError, facts, waive};
use crate::config::Category;
use crate::finding::{Finding, Hop, Location, Outcome, fingerprint};
use crate::model::{Asset, Origin, Place, short_of};
use crate::zone::Border;

/// All findings of a run.
pub struct Judged {
    /// In the order of reports.
    pub findings: Vec<Finding>,
    /// How many (rule, document) pairs were judged.
    pub evaluated: usize,
    /// For each waiver of the configuration, how many violations it covers.
    pub matched: Vec<usize>,
}

/// Judges an inventory by a pack. Rules that are not built in run in child processes of `worker`.
///
/// # Errors
/// A built-in rule that does not compile, or a child process that cannot be started.
pub fn judge(context: &Context<'_>, pack: &Pack, lang: Lang, worker: Option<&Worker>) -> Result<Judged, PolicyError> {
    // asked for every asset: rules are asked once for each kind and category
    let pairs = facts::kinds().into_iter().flat_map(|kind| Category::ALL.map(|category| (kind, category)));
    let wanted: HashSet<(&str, Category)> =
        pairs.filter(|(kind, category)| pack.rules.iter().any(|rule| rule.judges(kind, *category))).collect();
    let wanted = |kind: &str, category| wanted.contains(&(kind, category));
    let mut findings = Vec::new();
    let judge = |facts: Vec<Fact>, findings: &mut Vec<Finding>| -> Result<usize, PolicyError> {
        let (mut results, mut evaluated) = engine::evaluate(pack, &facts)?;
        if let Some(worker) = worker {
            let (more, judged) = worker.evaluate(pack, &facts)?;
            results.extend(more);
            evaluated += judged;
        }
        for (fact, rule, result) in results {
            if let (Some(fact), Some(rule)) = (facts.get(fact), pack.rules.get(rule)) {
                Maker { context, lang, fact, rule }.make(result, findings);
            }
        }
        Ok(evaluated)
    };
    let mut evaluated = judge(facts::build(context, &wanted), &mut findings)?;
    // what a waiver is good for is known only when there is something to waive
    let matched = waive::apply(&mut findings, context.config, context.day);
    let waivers = facts::waivers(context, &matched);
    if !waivers.is_empty() {
        evaluated += judge(waivers, &mut findings)?;
    }
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    hint(context, lang, &mut findings);
    number(&mut findings);
    Ok(Judged { findings, evaluated, matched })
}

/// Gives findings about flows the change that closes them, where one is proved.
fn hint(context: &Context<'_>, lang: Lang, findings: &mut [Finding]) {
    let own = |f: &&mut Finding| f.kind == facts::FLOW && f.outcome == Outcome::Violation && f.waiver.is_none();
    let mut own = findings.iter_mut().filter(own).peekable();
    if own.peek().is_none() {
        return;
    }
    let mut hints = facts::Hints::new(context, lang);
    let mut found = HashMap::new();
    for finding in own {
        finding.hint = found.entry(finding.asset.clone()).or_insert_with(|| hints.of(&finding.asset)).clone();
    }
}

/// Findings with one fingerprint are told apart by a number in the order of what they are about, so that forty
/// instances on one line stay forty.
fn number(findings: &mut [Finding]) {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    let key = |at: &usize| findings.get(*at).map(|f| (&f.fingerprint, &f.connections, &f.message));
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut seen: HashMap<String, usize> = HashMap::new();
    for at in order {
        if let Some(finding) = findings.get_mut(at) {
            let count = seen.entry(finding.fingerprint.clone()).or_default();
            *count += 1;
            finding.fingerprint = format!("{}:{count}", finding.fingerprint);
        }
    }
}

struct Maker<'a> {
    context: &'a Context<'a>,
    lang: Lang,
    fact: &'a Fact,
    rule: &'a Rule,
}

/// What a finding says of its subject: an asset, or something that is none.
struct Seen<'a> {
    id: &'a str,
    kind: &'a str,
    place: &'a Place,
    border: &'a Border,
    /// Line in the snapshot, whose first line is its header.
    snapshot_line: Option<usize>,
}

impl Maker<'_> {
    fn make(&self, result: Evaluated, findings: &mut Vec<Finding>) {
        match result {
            Evaluated::Failed(error) => {
                let message = match self.lang {
                    Lang::En => format!("rule `{}` could not be evaluated: {error}", self.rule.meta.id),
                    Lang::Ko => format!("규칙 `{}`을(를) 평가할 수 없습니다: {error}", self.rule.meta.id),
                };
                findings.extend(self.finding(Outcome::Error, message, Denial::default()));
            }
            Evaluated::Denied(denials) if denials.is_empty() => {
                if is_undetermined(self.rule, self.fact) {
                    let because = self.fact.document.because().iter();
                    let read = |b: &&Because| self.rule.reads.iter().any(|read| read.touches(&b.path));
                    let all: Vec<&Because> = because.filter(read).collect();
                    let Some(Seen { id, .. }) = self.seen() else { return };
                    let message = not_known(&all, self.lang, &short_of(id));
                    let related = all.iter().map(|because| because.about.clone()).collect();
                    let denial = Denial { related, ..Denial::default() };
                    findings.extend(self.finding(Outcome::Undetermined, message, denial));
                }
            }
            Evaluated::Denied(denials) => {
                for denial in denials {
                    let message = render(self.rule.meta.messages.get(self.lang), &denial.args);
                    findings.extend(self.finding(Outcome::Violation, message, denial));
                }
            }
        }
    }

    fn asset(&self) -> Option<&Asset> {
        match self.fact.about {
            About::Asset(at) => self.context.inventory.assets().get(at),
            About::Other(_) => None,
        }
    }

    fn seen(&self) -> Option<Seen<'_>> {
        Some(match &self.fact.about {
            About::Asset(at) => {
                let asset = self.asset()?;
                Seen {
                    id: &asset.id,
                    kind: asset.body.kind(),
                    place: &asset.place,
                    border: &self.context.judged(*at).border,
                    snapshot_line: Some(at + 2),
                }
            }
            About::Other(subject) => Seen {
                id: &subject.id,
                kind: self.fact.kind,
                place: &subject.place,
                border: &subject.border,
                snapshot_line: None,
            },
        })
    }

    fn finding(&self, outcome: Outcome, message: String, mut denial: Denial) -> Option<Finding> {
        let meta = &self.rule.meta;
        let seen = self.seen()?;
        let text = |part: &Option<std::sync::Arc<str>>| part.as_deref().map(str::to_owned);
        denial.related.sort();
        denial.related.dedup();
        denial.connections.sort();
        Some(Finding {
            rule: meta.id.clone(),
            severity: meta.severity,
            outcome,
            asset: seen.id.to_owned(),
            kind: seen.kind.to_owned(),
            account: text(&seen.place.account),
            region: text(&seen.place.region),
            cluster: text(&seen.place.cluster),
            namespace: text(&seen.place.namespace),
            zone: seen.border.to_string(),
            message,
            fix: self.fix(outcome).to_owned(),
            fingerprint: self.fingerprint(outcome, &denial),
            origin: self.location(&denial)?,
            snapshot_line: seen.snapshot_line,
            requirements: meta.requirements.clone(),
            border: denial.border,
            connections: denial.connections,
            related: denial.related,
            witness: self.witness(),
            hint: None,
            preview: meta.preview,
            waiver: None,
            accepted: None,
        })
    }

    fn witness(&self) -> Vec<Hop> {
        match &self.fact.about {
            About::Asset(_) => vec![],
            About::Other(subject) => subject.witness.clone(),
        }
    }

    fn fix(&self, outcome: Outcome) -> &str {
        match (outcome, self.lang) {
            (Outcome::Violation, lang) => self.rule.meta.remediation.get(lang),
            (Outcome::Undetermined, Lang::En) => {
                "Collect what is missing, or correct the reference if there is no such thing."
            }
            (Outcome::Undetermined, Lang::Ko) => "빠진 것을 수집하거나, 그런 것이 없다면 참조를 고치십시오.",
            (Outcome::Error, Lang::En) => "Mend the rule; until then nobody knows whether it is broken.",
            (Outcome::Error, Lang::Ko) => "규칙을 고치십시오. 그때까지는 위반인지 알 수 없습니다.",
        }
    }

    fn fingerprint(&self, outcome: Outcome, denial: &Denial) -> String {
        let border = denial.border.as_deref().unwrap_or_default();
        let path =
            if outcome == Outcome::Violation { border.to_owned() } else { format!("{} {border}", outcome.as_str()) };
        fingerprint(&self.rule.meta.id, &self.fact.owner, &path)
    }

    /// The place that the denial names, in its own asset or another one.
    fn location(&self, denial: &Denial) -> Option<Location> {
        let named = denial.at.as_deref().and_then(|id| self.context.inventory.any(id));
        let asset = match (named.or_else(|| self.asset()), &self.fact.about) {
            (Some(asset), _) => asset,
            (None, About::Other(subject)) => return Some(subject.location.clone()),
            (None, About::Asset(_)) => return None,
        };
        Some(match &asset.origin {
            Origin::Arn { arn } => Location::Arn { arn: arn.to_string() },
            Origin::File { file, line, column, .. } => {
                let spot = asset.origin.spot(denial.path.as_deref().unwrap_or_default());
                let (line, column) = spot.map_or((*line, *column), |spot| (spot.line, spot.column));
                Location::File { file: file.to_string(), line, column }
            }
        })
    }
}

fn not_known(all: &[&Because], lang: Lang, name: &str) -> String {
    let reason = |because: &&Because| {
        let about = &because.about;
        match (because.reason, lang) {
            (Reason::NotInInventory, Lang::En) => format!("`{about}` is not in the inventory"),
            (Reason::NotInInventory, Lang::Ko) => format!("`{about}`이(가) 인벤토리에 없습니다"),
            (Reason::EntriesNotCollected, Lang::En) => format!("what `{about}` holds was not collected"),
            (Reason::EntriesNotCollected, Lang::Ko) => format!("`{about}`의 내용이 수집되지 않았습니다"),
            (Reason::MayMeet, Lang::En) => format!("nothing shows whether `{about}` have to do with each other"),
            (Reason::MayMeet, Lang::Ko) => format!("`{about}`의 관련 여부를 확인할 수 없습니다"),
            (Reason::NotUnderstood, Lang::En) => format!("`{about}` is not understood"),
            (Reason::NotUnderstood, Lang::Ko) => format!("`{about}`을(를) 해석할 수 없습니다"),
            (Reason::Ambiguous, Lang::En) => format!("{about} contradict each other, and nothing tells which counts"),
            (Reason::Ambiguous, Lang::Ko) => format!("{about}이(가) 서로 모순되며 어느 것이 적용되는지 알 수 없습니다"),
            (Reason::StoreNotTold, Lang::En) => format!("`{about}` does not tell which store it is of"),
            (Reason::StoreNotTold, Lang::Ko) => format!("`{about}`이(가) 어느 저장소의 것인지 알 수 없습니다"),
            (Reason::Undecided, Lang::En) => format!("whether it passes is not known: {about}"),
            (Reason::Undecided, Lang::Ko) => format!("통과 여부를 알 수 없습니다: {about}"),
            (Reason::LabelsNotCollected, Lang::En) => format!("the labels of namespace `{about}` were not collected"),
            (Reason::LabelsNotCollected, Lang::Ko) => format!("네임스페이스 `{about}`의 레이블이 수집되지 않았습니다"),
        }
    };
    let mut reasons: Vec<String> = all.iter().map(reason).collect();
    reasons.sort();
    reasons.dedup();
    let reasons = reasons.join("; ");
    match lang {
        Lang::En => format!("cannot be decided for `{name}`: {reasons}"),
        Lang::Ko => format!("`{name}`에 대해 판단할 수 없습니다: {reasons}"),
    }
}
