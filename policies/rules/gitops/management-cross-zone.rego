# METADATA
# title: One management cluster for zones in and out of scope
# description: A management cluster, one that runs Argo CD or has the role, deploys to a cluster in PCI DSS scope and to one out of it, or is itself out of scope and deploys into it.
# custom:
#   id: management-cross-zone
#   kind: [management-cluster]
#   severity: high
#   requirements: ["7.2.1", "12.5.2"]
#   title: { ko: 범위 안팎의 구역을 함께 관리하는 클러스터 }
#   why:
#     en: Argo CD holds rights over every cluster that it deploys to. Whoever may change it, or its repositories, for the one zone can change workloads and policies of the other, and no network control stands between. That is more than least privilege (7.2.1), and it draws the other zone's people and systems into scope (12.5.2).
#     ko: Argo CD는 배포 대상 클러스터마다 권한을 가집니다. 한 구역을 위해 Argo CD나 그 저장소를 변경할 수 있는 사람은 다른 구역의 워크로드와 정책도 변경할 수 있으며, 그 사이에는 네트워크 통제가 없습니다. 이는 최소 권한(7.2.1)을 넘어서고, 다른 구역의 사람과 시스템을 평가 범위로 끌어들입니다(12.5.2).
#   remediation:
#     en: Run an Argo CD for each side, in an account of its own zone, and remove the registration and the applications of the other side.
#     ko: 범위 안과 밖에 각각 Argo CD를 해당 구역의 계정에 따로 두고, 다른 쪽의 클러스터 등록과 애플리케이션을 제거하십시오.
#   messages:
#     en: "management cluster `{name}` deploys to {inside} in scope and to {clusters} of {outside}{?by} ({by}){/}"
#     ko: "관리 클러스터 `{name}`이(가) 범위 안의 {inside}와(과) {outside}의 {clusters}에 함께 배포합니다{?by} ({by}){/}"
package zoneproof.rules.management_cross_zone

deny contains {
	"args": {
		"name": input.cluster,
		"inside": inside,
		"outside": border,
		"clusters": {served.cluster | some served in others},
		"by": {name | some served in others; some name in served.by},
	},
	"at": at,
	"path": "/spec/destination",
	"border": sprintf("%s -> %s", [border, concat(", ", sort({served.border | some served in input.serves; served.in_scope}))]),
} if {
	inside := {sprintf("`%s` (%s)", [served.cluster, served.border]) | some served in input.serves; served.in_scope}
	count(inside) > 0
	some border in {served.border | some served in input.serves; not served.in_scope}
	others := [served | some served in input.serves; served.border == border]
	at := [id | some served in array.concat(others, input.serves); id := served.by_id][0]
}
