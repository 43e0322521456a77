# METADATA
# title: Nodes shared across a border
# description: Namespaces of several borders, one of them in scope, may run on the same nodes of one cluster, since neither node groups, labels with taints nor Fargate profiles keep them apart.
# custom:
#   id: nodes-shared-across-zones
#   kind: [eks-cluster]
#   severity: high
#   requirements: ["1.4.1", "2.2.3"]
#   title: { ko: 경계를 넘어 함께 쓰는 노드 }
#   why:
#     en: Functions of different security levels are kept apart, and a node is one kernel. Whoever breaks out of a container has what else runs on its node, and pods of one node meet no security group between them.
#     ko: 보안 수준이 다른 기능은 분리되어야 하며 노드는 커널 하나입니다. 컨테이너를 벗어난 사람은 같은 노드의 다른 것도 손에 넣고, 한 노드의 파드 사이에는 보안 그룹이 적용되지 않습니다.
#   remediation:
#     en: Give each border nodes of its own (a node group with a taint and a label, a Fargate profile, or a cluster), and let its workloads ask for them.
#     ko: 경계마다 전용 노드(테인트와 레이블이 있는 노드 그룹, Fargate 프로파일 또는 별도 클러스터)를 두고 그 워크로드가 이를 요구하게 하십시오.
#   messages:
#     en: "namespaces of {borders} run on the same nodes of cluster `{name}` (`{nodes}`): {namespaces}"
#     ko: "클러스터 `{name}`의 같은 노드(`{nodes}`)를 {borders}의 네임스페이스가 함께 씁니다: {namespaces}"
package zoneproof.rules.nodes_shared_across_zones

deny contains {
	"args": {
		"name": input.name,
		"nodes": input.node_sharing.shared_nodes,
		"borders": borders,
		"namespaces": {sprintf("%s (%s)", [concat(", ", side.namespaces), side.border]) |
			some side in input.node_sharing.borders
		},
	},
	"border": concat(" <-> ", borders),
} if {
	input.node_sharing.shared_nodes
	borders := [side.border | some side in input.node_sharing.borders]
}
