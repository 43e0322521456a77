# METADATA
# title: Nodes behind another border than their cluster
# description: A node group or Fargate profile runs in subnets behind another border than its cluster, one of the two in scope.
# custom:
#   id: node-group-cross-zone
#   kind: [node-group, fargate-profile]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.4.1"]
#   title: { ko: 클러스터와 다른 경계에 있는 노드 }
#   why:
#     en: The scheduler puts a cluster's pods on any node of it. Nodes in another zone's subnets carry one zone's workloads into the network of the other, behind the controls between them.
#     ko: 스케줄러는 클러스터의 파드를 그 클러스터의 어느 노드에나 배치합니다. 다른 구역의 서브넷에 있는 노드는 두 구역 사이의 통제 뒤에서 한 구역의 워크로드를 다른 구역의 네트워크로 들여놓습니다.
#   remediation:
#     en: Run the nodes in subnets of the cluster's own zone and environment, or classify the subnets as what they are.
#     ko: 클러스터와 같은 구역과 환경의 서브넷에서 노드를 실행하십시오. 또는 서브넷을 실제 구역으로 분류하십시오.
#   messages:
#     en: "{subject} `{name}` of cluster `{cluster}` ({own}) runs in {subnets} of {border}"
#     ko: "클러스터 `{cluster}`({own})의 {subject} `{name}`이(가) {border}의 {subnets}에서 실행됩니다"
package zoneproof.rules.node_group_cross_zone

deny contains {
	"args": {
		"subject": input.kind,
		"name": input.asset.name,
		"cluster": input.asset.cluster,
		"own": input.cluster_border,
		"border": crossing.border,
		"subnets": crossing.subnets,
	},
	"border": sprintf("%s <-> %s", [input.cluster_border, crossing.border]),
	"related": crossing.subnets,
} if {
	some crossing in input.subnet_crossings
}
