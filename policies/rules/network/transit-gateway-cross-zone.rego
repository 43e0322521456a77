# METADATA
# title: Transit gateway that joins two zones
# description: The route tables of a transit gateway lead from one border to another, one of them in scope, and no declared flow needs it.
# custom:
#   id: transit-gateway-cross-zone
#   kind: [transit-gateway]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.4.1"]
#   title: { ko: 두 구역을 잇는 전송 게이트웨이 }
#   why:
#     en: A transit gateway is the one place where all networks meet. A table with a route too many, or one propagation, makes two zones neighbours, and only groups are left between them.
#     ko: 전송 게이트웨이는 모든 네트워크가 만나는 한 곳입니다. 경로 하나나 전파 하나가 더 있는 테이블이면 두 구역은 이웃이 되고 그 사이에는 그룹만 남습니다.
#   remediation:
#     en: Associate the two attachments with tables that do not hold routes to each other, or declare the flows that need them.
#     ko: 두 연결을 서로의 경로가 없는 라우팅 테이블에 연결하거나, 이를 필요로 하는 흐름을 선언하십시오.
#   messages:
#     en: "`{name}` joins {border}: {ways}, and no flow in force needs it{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`이(가) {border}을(를) 잇습니다: {ways}. 이를 필요로 하는 유효한 흐름이 없습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.transit_gateway_cross_zone

deny contains {
	"args": {
		"name": input.name,
		"border": crossing.border,
		"ways": crossing.ways,
		"expired": crossing.expired,
	},
	"border": crossing.border,
	"related": crossing.attachments,
} if {
	some crossing in input.crossings
	count(crossing.approved_by) == 0
}
