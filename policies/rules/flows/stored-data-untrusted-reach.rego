# METADATA
# title: Store of cardholder data reachable from untrusted networks
# description: Connections from the internet, or from a zone that is out of scope, external or unclassified, pass to a store of cardholder data, straight or over a network load balancer or an endpoint. A declared flow does not make up for it. The rule is undetermined where nobody knows whether they pass.
# custom:
#   id: stored-data-untrusted-reach
#   kind: [flow, undecided-flow]
#   severity: critical
#   requirements: ["1.4.4"]
#   title: { ko: 신뢰하지 않는 네트워크에서 닿는 카드회원 데이터 저장소 }
#   why:
#     en: Stored card data is what everybody is after. Between it and any untrusted network stands at least one system that is not a store.
#     ko: 저장된 카드 데이터는 공격자의 최종 목표입니다. 저장소와 신뢰하지 않는 네트워크 사이에는 저장소가 아닌 시스템이 적어도 하나 있어야 합니다.
#   remediation:
#     en: "Let only systems of the cardholder data environment reach the store: take the source out of the rule that the finding points at."
#     ko: 카드회원 데이터 환경의 시스템만 저장소에 닿게 하십시오. 이 결과가 가리키는 규칙에서 해당 출발지를 제거하십시오.
#   messages:
#     en: "{from} can reach {stores}, which holds cardholder data: {connections}"
#     ko: "{from}에서 카드회원 데이터를 저장하는 {stores}에 연결할 수 있습니다: {connections}"
package zoneproof.rules.stored_data_untrusted_reach

import data.zoneproof.lib.flow

deny contains {
	"args": {"from": flow.label(input.from), "stores": input.stores, "connections": input.connections},
	"border": flow.border(input.from, input.to),
	"connections": input.connections,
	"related": flow.related(input.decided_by),
} if {
	input.from.category in {"out-of-scope", "external", "unclassified"}
	count(input.stores) > 0
}
