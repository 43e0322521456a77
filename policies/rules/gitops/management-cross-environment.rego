# METADATA
# title: One management cluster for several environments
# description: A management cluster deploys to clusters of more than one environment, and one of them is in PCI DSS scope. That the management cluster itself is in a zone for tools does not set the environments apart.
# custom:
#   id: management-cross-environment
#   kind: [management-cluster]
#   severity: high
#   requirements: ["6.5.3", "7.2.1"]
#   title: { ko: 여러 환경을 함께 관리하는 클러스터 }
#   why:
#     en: Pre-production is separated from production, and the separation enforced with access controls (6.5.3). An Argo CD that deploys to both holds rights over both, so what is tried out in the one environment can change the other.
#     ko: 운영 전 환경은 운영 환경과 분리하고 그 분리를 접근 통제로 강제해야 합니다(6.5.3). 두 환경에 모두 배포하는 Argo CD는 양쪽의 권한을 모두 가지므로, 한 환경에서 시험하는 것이 다른 환경을 변경할 수 있습니다.
#   remediation:
#     en: Run an Argo CD for each environment and remove the registrations and applications of the others.
#     ko: 환경마다 Argo CD를 따로 두고 다른 환경의 클러스터 등록과 애플리케이션을 제거하십시오.
#   messages:
#     en: "management cluster `{name}` deploys to several environments: {environments}"
#     ko: "관리 클러스터 `{name}`이(가) 여러 환경에 배포합니다: {environments}"
package zoneproof.rules.management_cross_environment

deny contains {
	"args": {"name": input.cluster, "environments": environments},
	"at": at,
	"path": "/spec/destination",
} if {
	count(input.environments) > 1
	some environment in input.environments
	environment.in_scope
	environments := {sprintf("%s (%s)", [e.name, concat(", ", e.clusters)]) | some e in input.environments}
	at := [id | some e in input.environments; id := e.by_id][0]
}
