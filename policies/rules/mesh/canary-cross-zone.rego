# METADATA
# title: Route to a destination behind another border
# description: A VirtualService or a route of the Gateway API sends traffic of a host in scope, whatever its share, to a destination behind another border, and no declared flow covers it.
# custom:
#   id: canary-cross-zone
#   kind: [virtual-service, gateway-route]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.2", "1.2.5"]
#   title: { ko: "다른 경계 뒤의 목적지로 가는 라우트" }
#   why:
#     en: "Weights and mirrors move card traffic with one line. A destination in another zone or environment takes its share out of the CDE, and one with weight 0 waits for the next change."
#     ko: "가중치와 미러링은 한 줄로 카드 트래픽을 옮깁니다. 다른 구역이나 환경의 목적지는 그만큼을 CDE 밖으로 내보내며, 가중치가 0인 목적지도 다음 변경을 기다릴 뿐입니다."
#   remediation:
#     en: "Remove the destination. If it is meant, declare a flow from the border of the host to that of the destination with this port."
#     ko: "목적지를 없애십시오. 의도한 것이라면 호스트의 경계에서 목적지의 경계로 가는 흐름을 이 포트로 선언하십시오."
#   messages:
#     en: "`{name}` sends {?mirror}copies {/}to `{host}` of {border} on {beyond}{?weight}, weight {weight}{/}{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`이(가) {?mirror}복사본을 {/}{border}의 `{host}`(으)로 {beyond}에서 보냅니다{?weight}. 가중치 {weight}{/}{?approved}. 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}. 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.canary_cross_zone

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"name": input.name,
		"host": route.host,
		"border": route.border,
		"weight": sprintf("%v", [object.get(route, "weight", "")]),
		"mirror": route.mirror,
		"beyond": cover.beyond([route]),
		"approved": route.approved_by,
		"expired": route.expired,
	},
	"path": route.path,
	"border": sprintf("%s -> %s", [input.zone.border, route.border]),
	"connections": cover.connections([route]),
} if {
	some route in cover.uncovered(input.crossings)
}
