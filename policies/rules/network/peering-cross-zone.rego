# METADATA
# title: VPC peering over a border
# description: A live VPC peering connection joins two borders, one of them in scope, and no declared flow needs it.
# custom:
#   id: peering-cross-zone
#   kind: [vpc-peering-connection]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.4.1"]
#   title: { ko: 경계를 넘는 VPC 피어링 }
#   why:
#     en: A peering makes one network of two. From then on a single route and a single group rule are all that keeps the zones apart.
#     ko: 피어링은 두 네트워크를 하나로 만듭니다. 그때부터 라우트 하나와 그룹 규칙 하나만이 두 구역을 나눕니다.
#   remediation:
#     en: Delete the peering, or declare the flows that need it.
#     ko: 피어링을 지우거나 이를 필요로 하는 흐름을 선언하십시오.
#   messages:
#     en: "peering `{name}` joins {requester} (`{requester_vpc}`) with {accepter} (`{accepter_vpc}`), and no flow in force needs it{?expired}; flow {expired} has expired{/}"
#     ko: "피어링 `{name}`이(가) {requester}(`{requester_vpc}`)와(과) {accepter}(`{accepter_vpc}`)을(를) 잇지만 이를 필요로 하는 유효한 흐름이 없습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.peering_cross_zone

deny contains {
	"args": {
		"name": input.name,
		"requester": input.requester.border,
		"requester_vpc": input.requester.vpc,
		"accepter": input.accepter.border,
		"accepter_vpc": input.accepter.vpc,
		"expired": input.expired,
	},
	"border": sprintf("%s <-> %s", [input.requester.border, input.accepter.border]),
	"related": [input.requester.vpc, input.accepter.vpc],
} if {
	input.live
	input.crosses
	input.touches_scope
	count(input.approved_by) == 0
}
