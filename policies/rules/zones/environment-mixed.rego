# METADATA
# title: Several environments in one cluster or VPC
# description: One cluster or VPC, with something in PCI DSS scope in it, holds production and another environment. Looked at are namespaces of a cluster, and subnets, instances and EKS clusters of a VPC, as well as the cluster or VPC itself. Where no environment of the configuration is called production, any two count.
# custom:
#   id: environment-mixed
#   kind: [cluster, vpc]
#   severity: high
#   requirements: ["6.5.3"]
#   title: { ko: 한 클러스터 또는 VPC에 섞인 환경 }
#   why:
#     en: Pre-production is separated from production (6.5.3). In one VPC a route leads from everything to everything, and pods of one cluster share nodes and the control plane, so what is tried out in the one environment reaches or changes the other.
#     ko: 운영 전 환경은 운영 환경과 분리되어야 합니다(6.5.3). 한 VPC 안에서는 모든 것 사이에 경로가 있고, 한 클러스터의 파드는 노드와 컨트롤 플레인을 함께 쓰므로, 한 환경에서 시험하는 것이 다른 환경에 닿거나 이를 변경합니다.
#   remediation:
#     en: Give each environment a VPC and a cluster of its own, best in an account of its own. If a tag or label is wrong, correct it.
#     ko: 환경마다 전용 VPC와 클러스터를 두십시오. 계정도 따로 두는 것이 가장 좋습니다. 태그나 레이블이 잘못되었다면 바로잡으십시오.
#   messages:
#     en: "{kind} `{name}` holds several environments: {environments}"
#     ko: "{kind} `{name}`에 여러 환경이 함께 있습니다: {environments}"
package zoneproof.rules.environment_mixed

# A cluster's id may be an ARN; its name is told apart from it.
name := object.get(input, "cluster", input.name)

said(held) := held.environment if count(held.members) == 0

said(held) := sprintf("%s (%s)", [held.environment, concat(", ", held.members)]) if count(held.members) > 0

deny contains {
	"args": {
		"kind": input.kind,
		"name": name,
		"environments": [said(held) | some held in input.environments.held],
	},
	"related": [id | some held in input.environments.held; some id in held.ids],
} if {
	input.environments.mixed
}
