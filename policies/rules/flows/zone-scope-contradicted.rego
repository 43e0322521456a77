# METADATA
# title: Zone declared out of scope with a flow to or from the CDE
# description: A zone of category `out-of-scope` has a flow to or from the cardholder data environment, approved or not. What is connected to it is in scope.
# custom:
#   id: zone-scope-contradicted
#   kind: [zone]
#   zones: [out-of-scope]
#   severity: high
#   requirements: ["12.5.2", "11.4.5"]
#   title: { ko: 범위 밖으로 선언되었으나 CDE와 흐름이 있는 구역 }
#   why:
#     en: Scope follows the network, not the diagram. A zone that can exchange traffic with the cardholder data environment is assessed with it.
#     ko: 평가 범위는 구성도가 아니라 네트워크를 따릅니다. 카드회원 데이터 환경과 트래픽을 주고받을 수 있는 구역은 그 환경과 함께 평가됩니다.
#   remediation:
#     en: Close the flows, or declare the zone `connected`, and take it into the scope of the assessment.
#     ko: 흐름을 닫거나, 구역을 `connected`로 선언하고 평가 범위에 포함하십시오.
#   messages:
#     en: "zone `{zone}` is declared out of scope and has flows with the CDE: {flows}"
#     ko: "구역 `{zone}`은(는) 범위 밖으로 선언되었지만 CDE와의 흐름이 있습니다: {flows}"
package zoneproof.rules.zone_scope_contradicted

deny contains {
	"args": {"zone": input.name, "flows": input.flows_with_cde},
	"connections": input.flows_with_cde,
} if {
	count(input.flows_with_cde) > 0
}
