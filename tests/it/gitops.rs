//! Argo CD's objects: what is read of them, and what never is.

use crate::support::{findings, folder, zoneproof};

/// Base64 of `{"bearerToken":"hunter2-plain"}`, and what is in it.
const CONFIG: &str = "eyJiZWFyZXJUb2tlbiI6Imh1bnRlcjItcGxhaW4ifQ==";
const SENTINELS: [&str; 4] = [CONFIG, "hunter2", "bearerToken", "s3cret-of-an-application"];

const SECRETS: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: cluster-ads
  namespace: argocd
  labels: { argocd.argoproj.io/secret-type: cluster }
data:
  config: eyJiZWFyZXJUb2tlbiI6Imh1bnRlcjItcGxhaW4ifQ==
  name: YWRz
  server: aHR0cHM6Ly9hZHMuZXhhbXBsZQ==
---
apiVersion: v1
kind: Secret
metadata:
  name: cluster-pci
  namespace: argocd
  labels: { argocd.argoproj.io/secret-type: cluster }
stringData:
  config: '{"bearerToken":"hunter2-plain"}'
  name: pci
  server: https://user:hunter2@pci.example
---
apiVersion: v1
kind: Secret
metadata: { name: repository, namespace: argocd, labels: { argocd.argoproj.io/secret-type: repository } }
stringData: { password: hunter2-plain }
---
apiVersion: v1
kind: Secret
metadata: { name: database, namespace: argocd }
data: { name: aHVudGVyMi1wbGFpbg== }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ads, namespace: argocd }
spec:
  destination: { name: ads }
  source:
    repoURL: https://bot:hunter2@git.example/ads.git
    helm: { parameters: [ { name: password, value: s3cret-of-an-application } ] }
"#;

#[test]
fn of_a_registration_only_name_and_server_are_read() {
    let folder = folder(&[("clusters/mgmt/argocd.yaml", SECRETS)]);
    let path = folder.path().to_str().unwrap();
    let evidence = folder.path().join("evidence");
    let facts = zoneproof(&["facts", path]);
    assert_eq!(facts.code, 0, "{}", facts.stderr);
    let scan = zoneproof(&["scan", path, "--out", evidence.to_str().unwrap(), "--format", "json"]);
    let snapshot = std::fs::read(evidence.join("inventory.jsonl.zst")).unwrap();
    let snapshot = String::from_utf8(zstd::decode_all(snapshot.as_slice()).unwrap()).unwrap();
    let mut products = vec![facts.stdout.clone(), facts.stderr, scan.stdout, scan.stderr, snapshot];
    for name in ["findings.json", "results.sarif", "report.txt"] {
        products.push(std::fs::read_to_string(evidence.join(name)).unwrap());
    }
    for product in &products {
        for sentinel in SENTINELS {
            assert!(!product.contains(sentinel), "{sentinel} in {product}");
        }
    }
    // what may be read is there
    assert!(facts.stdout.contains(r#""name":"ads","server":"https://ads.example""#), "{}", facts.stdout);
    assert!(facts.stdout.contains(r#""name":"pci","server":"https://pci.example""#));
    assert!(facts.stdout.contains(r#""repository":"https://git.example/ads.git""#));
}

#[test]
fn other_secrets_are_counted_and_not_looked_into() {
    let folder = folder(&[("clusters/mgmt/argocd.yaml", SECRETS)]);
    let text = zoneproof(&["scan", folder.path().to_str().unwrap()]).stdout;
    assert!(text.contains("Secret ×2"), "{text}");
    let facts = zoneproof(&["facts", folder.path().to_str().unwrap(), "--kind", "cluster-registration"]).stdout;
    assert_eq!(facts.lines().count(), 2, "{facts}");
}

#[test]
fn a_registration_that_cannot_be_read_is_a_gap_that_tells_nothing_of_it() {
    for data in
        ["name: YWRz", "name: '%%%', server: hunter2", "name: YWRz, server: [hunter2]", "name: null, server: null"]
    {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: c\n  labels: {{ argocd.argoproj.io/secret-type: cluster }}\n\
             data: {{ {data} }}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{ name: argocd }}\n"
        );
        let folder = folder(&[("clusters/mgmt/argocd.yaml", &secret)]);
        let (_, document) = findings(&[folder.path().to_str().unwrap()]);
        let gaps = document["coverage"].to_string();
        assert!(gaps.contains("registers a cluster") && !gaps.contains("hunter2"), "{data}: {gaps}");
    }
}

#[test]
fn objects_of_wrong_types_are_gaps_and_empty_ones_are_read() {
    let yaml = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: broken, namespace: argocd }\n\
                spec: { destination: here }\n---\n\
                apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: empty, namespace: argocd }\n\
                spec: null\nstatus: null\n---\n\
                apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: set, namespace: argocd }\n---\n\
                apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: { name: project, namespace: argocd }\n\
                spec: { destinations: null, clusterResourceWhitelist: [ { group: null, kind: Namespace } ] }\n---\n\
                apiVersion: argo.example/v1\nkind: Application\nmetadata: { name: another-group, namespace: argocd }\n";
    let folder = folder(&[("clusters/mgmt/argocd.yaml", yaml)]);
    let (_, document) = findings(&[folder.path().to_str().unwrap()]);
    let gaps = document["coverage"].as_array().unwrap();
    let broken: Vec<_> = gaps.iter().filter(|gap| gap["reason"] == "malformed").collect();
    assert_eq!(broken.len(), 1, "{gaps:#?}");
    assert!(broken[0]["detail"].as_str().unwrap().contains("`broken`"), "{broken:#?}");
    let counts = &document["run"]["assets"];
    for kind in ["application", "application-set", "app-project"] {
        assert_eq!(counts[kind], 1, "{kind}: {counts}");
    }
}
