//! Rules that are not ours run in a child process: with limits on time and memory, and a kill timer.
//!
//! regorus' parser takes exponential time in nested brackets, recursive functions overflow the stack and abort, and its
//! own timer only stops what cooperates. So each such rule gets a process of its own, which can be killed without the
//! run: what it has not judged by then is an error, never a pass. The child is this program again, called with
//! [`Worker::COMMAND`]; it reads a job and documents from standard input and writes an answer a line.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use regorus::Value;
use serde::{Deserialize, Serialize};

use super::PolicyError;
use super::engine::{Evaluated, Evaluation, Prepared, is_undetermined};
use super::facts::Fact;
use super::lint::{dangers, lint};
use super::pack::{Pack, Rule};
use super::requirements::requirements;
use super::rule_tests::{TestResult, run_tests};
use crate::model::counted;

/// CPU seconds after which the child is stopped by the system.
const CPU_SECONDS: u64 = 60;
/// Address space of the child.
const MEMORY_BYTES: u64 = 2 << 30;

/// How child processes are started and how long they may take.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The program that serves jobs: this one.
    pub program: PathBuf,
    /// How long one rule may take over all documents.
    pub patience: Duration,
}

#[derive(Serialize, Deserialize)]
enum Job {
    Judge { file: String, source: String, libraries: Vec<(String, String)> },
    Test { files: Vec<(String, String)> },
    Lint { files: Vec<(String, String)> },
}

#[derive(Serialize, Deserialize)]
enum Answer {
    /// The rule does not compile.
    Refused(String),
    /// The next document's.
    Judged(Evaluated),
    Tested(Vec<TestResult>),
    /// What is wrong with which file.
    Linted(Vec<(String, String)>),
}

impl Worker {
    /// The hidden command that serves a job.
    pub const COMMAND: &'static str = "__rule-worker";

    fn start(&self, file: &str) -> Result<Child, PolicyError> {
        let child = Command::new(&self.program)
            .arg(Self::COMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        child.map_err(|error| PolicyError::Unreadable {
            file: file.to_owned(),
            message: format!("no child process: {error}"),
        })
    }

    /// Judges all documents by the rules that are not built in.
    pub(super) fn evaluate(&self, pack: &Pack, facts: &[Fact]) -> Result<Evaluation, PolicyError> {
        let rules: Vec<(usize, &Rule)> = pack.rules.iter().enumerate().filter(|(_, rule)| !rule.built_in).collect();
        let all = rules.par_iter().map(|(index, rule)| {
            let wanted: Vec<usize> = (0..facts.len())
                .filter(|at| facts.get(*at).is_some_and(|fact| rule.judges(fact.kind, fact.category)))
                .collect();
            let answers = self.judge(rule, &pack.libraries_of(rule), facts, &wanted)?;
            let judged = wanted.len();
            let keep = wanted.into_iter().zip(answers).filter_map(|(at, evaluated)| {
                let plain = evaluated == Evaluated::Denied(vec![])
                    && !facts.get(at).is_some_and(|fact| is_undetermined(rule, fact));
                (!plain).then_some((at, *index, evaluated))
            });
            Ok((keep.collect::<Vec<_>>(), judged))
        });
        let all: Vec<(Vec<_>, usize)> = all.collect::<Result<_, PolicyError>>()?;
        let judged = all.iter().map(|(_, judged)| judged).sum();
        Ok((all.into_iter().flat_map(|(kept, _)| kept).collect(), judged))
    }

    /// One answer a document; those that the child did not live to judge are summed up in one failure.
    fn judge(
        &self,
        rule: &Rule,
        libraries: &[(String, String)],
        facts: &[Fact],
        wanted: &[usize],
    ) -> Result<Vec<Evaluated>, PolicyError> {
        let job = Job::Judge { file: rule.file.clone(), source: rule.source.clone(), libraries: libraries.to_vec() };
        let documents = wanted.iter().filter_map(|at| facts.get(*at)?.document.to_json().ok());
        let (answers, cause) = self.run(&rule.file, &job, documents)?;
        let mut out = Vec::new();
        for answer in answers {
            match answer {
                Answer::Judged(evaluated) => out.push(evaluated),
                Answer::Refused(message) => return Err(PolicyError::Rego { file: rule.file.clone(), message }),
                Answer::Tested(_) | Answer::Linted(_) => {}
            }
        }
        let missing = wanted.len().saturating_sub(out.len());
        if missing > 0 {
            let were = if missing == 1 { "was" } else { "were" };
            let documents = counted(missing, "document");
            out.push(Evaluated::Failed(format!("{cause}; {documents} {were} not judged, this one first")));
        }
        Ok(out)
    }

    /// Runs the unit tests of rules that are not ours.
    ///
    /// # Errors
    /// A child process that cannot be started or does not finish.
    pub fn test(&self, pack: &Pack) -> Result<Vec<TestResult>, PolicyError> {
        let rules = pack.rules.iter().map(|rule| (rule.file.clone(), rule.source.clone()));
        let libraries = pack.libraries.iter().chain(&pack.own_libraries).cloned();
        let files = rules.chain(libraries).chain(pack.tests.iter().cloned()).collect();
        let (answers, cause) = self.run("rule tests", &Job::Test { files }, std::iter::empty())?;
        for answer in answers {
            match answer {
                Answer::Tested(results) => return Ok(results),
                Answer::Refused(message) => return Err(PolicyError::Rego { file: "rule tests".to_owned(), message }),
                Answer::Judged(_) | Answer::Linted(_) => {}
            }
        }
        Err(PolicyError::Rego { file: "rule tests".to_owned(), message: cause })
    }

    /// What is wrong with rules that are not ours: file and sentence.
    ///
    /// # Errors
    /// A child process that cannot be started or does not finish.
    pub fn lint(&self, pack: &Pack) -> Result<Vec<(String, String)>, PolicyError> {
        let (answers, cause) = self.run("rules", &Job::Lint { files: pack.own_files() }, std::iter::empty())?;
        let linted = answers.into_iter().find_map(|answer| match answer {
            Answer::Linted(problems) => Some(problems),
            Answer::Refused(_) | Answer::Judged(_) | Answer::Tested(_) => None,
        });
        linted.ok_or(PolicyError::Rego { file: "rules".to_owned(), message: cause })
    }

    /// Sends a job and its documents, and takes the answers until the child ends or is killed.
    fn run(
        &self,
        file: &str,
        job: &Job,
        documents: impl Iterator<Item = String> + Send,
    ) -> Result<(Vec<Answer>, String), PolicyError> {
        let mut child = self.start(file)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (done, timed_out) = (AtomicBool::new(false), AtomicBool::new(false));
        let answers = std::thread::scope(|scope| {
            scope.spawn(|| {
                // a child that ends early closes the pipe: what it has answered by then is what counts
                let Some(stdin) = stdin else { return };
                let mut out = BufWriter::new(stdin);
                let _ = serde_json::to_writer(&mut out, job)
                    .map_err(std::io::Error::from)
                    .and_then(|()| out.write_all(b"\n"));
                for document in documents {
                    if out.write_all(document.as_bytes()).and_then(|()| out.write_all(b"\n")).is_err() {
                        break;
                    }
                }
            });
            let killer = scope.spawn(|| {
                let begin = Instant::now();
                while !done.load(Ordering::Acquire) {
                    if begin.elapsed() > self.patience {
                        timed_out.store(true, Ordering::Release);
                        let _ = child.kill();
                        break;
                    }
                    std::thread::park_timeout(Duration::from_millis(20));
                }
                let _ = child.wait();
            });
            let lines = stdout.map(BufReader::new).into_iter().flat_map(|reader| reader.lines().map_while(Result::ok));
            let answers: Vec<Answer> = lines.map_while(|line| serde_json::from_str(&line).ok()).collect();
            done.store(true, Ordering::Release);
            killer.thread().unpark();
            answers
        });
        let cause = if timed_out.load(Ordering::Acquire) {
            format!("the rule was stopped after {} s", self.patience.as_secs())
        } else {
            "the rule's process ended: out of memory, out of stack or out of time".to_owned()
        };
        Ok((answers, cause))
    }
}

/// Serves one job from standard input: the child's side.
///
/// # Errors
/// What the streams say; the parent takes it as the end of the child.
pub fn serve(input: impl BufRead, output: impl Write) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |value| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, limit(MEMORY_BYTES))?;
    setrlimit(Resource::Cpu, limit(CPU_SECONDS))?;
    setrlimit(Resource::Core, limit(0))?;
    let mut output = BufWriter::new(output);
    let mut lines = input.lines();
    let job: Job = serde_json::from_str(&lines.next().transpose()?.unwrap_or_default())?;
    let mut say = |answer: &Answer| {
        serde_json::to_writer(&mut output, answer)?;
        output.write_all(b"\n")?;
        // flushed at once, so that an answer is not lost with the process
        output.flush()
    };
    match job {
        Job::Lint { files } => {
            let linted = Pack::built_in().and_then(|pack| pack.with_files(&files)).map(|pack| {
                let catalogue = requirements();
                let own = pack.rules.iter().filter(|rule| !rule.built_in);
                let problems = own.flat_map(|rule| {
                    lint(rule, &pack, catalogue.as_ref()).into_iter().map(|problem| (rule.file.clone(), problem))
                });
                problems.collect()
            });
            match linted {
                Ok(problems) => say(&Answer::Linted(problems)),
                Err(error) => say(&Answer::Refused(error.to_string())),
            }
        }
        Job::Test { files } => {
            let danger = files.iter().find_map(|(file, source)| Some(format!("{file}: {}", dangers(source)?)));
            match danger {
                Some(danger) => say(&Answer::Refused(danger)),
                None => say(&Answer::Tested(run_tests(&files))),
            }
        }
        Job::Judge { file, source, libraries } => {
            let sources = libraries.iter().map(|(_, source)| source).chain([&source]);
            if let Some(danger) = sources.map(|source| dangers(source)).find_map(|danger| danger) {
                return say(&Answer::Refused(danger));
            }
            let prepared = Rule::read(&file, &source, false).and_then(|rule| Prepared::new(&rule, &libraries));
            let mut prepared = match prepared {
                Ok(prepared) => prepared,
                Err(error) => return say(&Answer::Refused(error.to_string())),
            };
            for line in lines {
                let evaluated = match Value::from_json_str(&line?) {
                    Ok(document) => prepared.evaluate(&document),
                    Err(error) => Evaluated::Failed(error.to_string()),
                };
                say(&Answer::Judged(evaluated))?;
            }
            Ok(())
        }
    }
}
