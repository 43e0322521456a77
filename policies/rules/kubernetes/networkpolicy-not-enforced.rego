# METADATA
# title: NetworkPolicies that nothing enforces
# description: An in-scope namespace has NetworkPolicies, and nothing in its cluster enforces them, or Fargate runs some of its pods. The switch of the VPC CNI add-on and agents in DaemonSets tell. Where only manifests were read and nothing of the cluster itself, nothing is judged. Pods on Fargate are told by Fargate profiles and by labels of running pods; how an agent other than that of the VPC CNI is configured is not read.
# custom:
#   id: networkpolicy-not-enforced
#   kind: [namespace]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.3.2"]
#   title: { ko: 시행되지 않는 NetworkPolicy }
#   why:
#     en: The API server stores NetworkPolicies whether or not anything enforces them. The VPC CNI does so only where its add-on says `enableNetworkPolicy`, and never for pods on Fargate. Traffic into and out of the namespace (1.3.1, 1.3.2) looks limited in every manifest and is not.
#     ko: API 서버는 시행 주체가 없어도 NetworkPolicy를 저장합니다. VPC CNI는 애드온에 `enableNetworkPolicy`가 켜져 있을 때만 정책을 시행하며 Fargate의 파드에는 시행하지 않습니다. 네임스페이스로 들어오고 나가는 트래픽(1.3.1, 1.3.2)이 매니페스트에서는 제한된 것처럼 보이지만 실제로는 그렇지 않습니다.
#   remediation:
#     en: Set `enableNetworkPolicy` in the configuration of the VPC CNI add-on, or run Calico or Cilium. Move pods that need policies from Fargate to nodes, or guard them by security groups for pods.
#     ko: VPC CNI 애드온 구성에서 `enableNetworkPolicy`를 켜거나 Calico 또는 Cilium을 운영하십시오. 정책이 필요한 파드는 Fargate에서 노드로 옮기거나 파드용 보안 그룹으로 보호하십시오.
#   messages:
#     en: "nothing enforces the NetworkPolicies ({policies}) of namespace `{name}`{?switch}: {switch}{/}{?agentless}: `{agentless}` runs without a network policy agent{/}{?fargate} on its pods on Fargate: {fargate}{/}"
#     ko: "네임스페이스 `{name}`의 NetworkPolicy({policies}개)가 {?fargate}Fargate의 파드 {fargate}에 {/}시행되지 않습니다{?switch}: {switch}{/}{?agentless}: `{agentless}`에 네트워크 정책 에이전트가 없습니다{/}"
package zoneproof.rules.networkpolicy_not_enforced

deny contains {"args": {
	"name": input.namespace,
	"policies": input.enforcement.policies,
	"switch": [by | some by in input.enforcement.by; by != "aws-node"],
	"agentless": [by | some by in input.enforcement.by; by == "aws-node"],
	"fargate": [],
}} if {
	input.enforcement.policies > 0
	input.enforcement.enforced == false
}

deny contains {"args": {
	"name": input.namespace,
	"policies": input.enforcement.policies,
	"switch": [],
	"agentless": [],
	"fargate": input.enforcement.on_fargate,
}} if {
	input.enforcement.policies > 0
	count(input.enforcement.on_fargate) > 0

	# where nothing is enforced at all, that says it
	object.get(input.enforcement, "enforced", true)
}
