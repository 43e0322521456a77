# METADATA
# title: Twin clusters differ in isolation
# description: Clusters that the configuration calls a group differ in policies, mTLS, injection, security groups, the enforcer of NetworkPolicies, the Kubernetes version or namespaces. While a group is being built or drained, members that nothing feeds are left out.
# custom:
#   id: twin-clusters-differ
#   kind: [cluster-group]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.2.1", "2.2.1"]
#   title: { ko: 쌍둥이 클러스터의 격리가 서로 다름 }
#   why:
#     en: Twins take over each other's traffic. What isolates only one of them is gone once traffic moves, and nobody sees it until then. One standard of configuration is meant to hold for both (1.2.1, 2.2.1).
#     ko: 쌍둥이 클러스터는 서로의 트래픽을 넘겨받습니다. 한쪽에만 있는 격리는 트래픽이 옮겨지는 순간 사라지며 그때까지 아무도 알아차리지 못합니다. 두 클러스터에는 하나의 구성 표준이 적용되어야 합니다(1.2.1, 2.2.1).
#   remediation:
#     en: Bring both to one state from one source in Git; `zoneproof diff --clusters` shows what each has. If one of them is being built or drained, say so in `clusters.groups` and take its traffic away first.
#     ko: Git의 한 소스로 두 클러스터를 같은 상태로 맞추십시오. 각 클러스터의 내용은 `zoneproof diff --clusters`로 확인할 수 있습니다. 하나를 구축하거나 비우는 중이라면 먼저 트래픽을 빼고 `clusters.groups`에 그 상태를 적으십시오.
#   messages:
#     en: "`{first}` and `{second}` differ in {aspect}: {subjects}{?legend} (first | second; + has it, - lacks it){/}"
#     ko: "`{first}`와(과) `{second}`의 {aspect} 항목이 다릅니다: {subjects}{?legend} (앞 | 뒤; + 있음, - 없음){/}"
package zoneproof.rules.twin_clusters_differ

# Aspects of which a few words say what each side has.
short := {"mtls", "version", "enforcer", "injection"}

# What differs: short words as they are, content only as changed, or there on one side.
said(d) := sprintf("%s (%s | %s)", [d.subject, object.get(d, "first", "-"), object.get(d, "second", "-")]) if {
	d.aspect in short
}

said(d) := sprintf("%s (+ | -)", [d.subject]) if {
	not d.aspect in short
	not d.second
}

said(d) := sprintf("%s (- | +)", [d.subject]) if {
	not d.aspect in short
	not d.first
}

said(d) := sprintf("%s (≠)", [d.subject]) if {
	not d.aspect in short
	d.first
	d.second
}

deny contains {"args": {
	"first": first,
	"second": second,
	"aspect": aspect,
	"subjects": subjects,
	"legend": {subject | some subject in subjects; regex.match(`\((\+|-) \| (\+|-)\)$`, subject)} != set(),
}} if {
	some difference in input.differences
	first := difference.first_cluster
	second := difference.second_cluster
	aspect := difference.aspect
	subjects := {said(d) | some d in input.differences; d.second_cluster == second; d.aspect == aspect}
}
