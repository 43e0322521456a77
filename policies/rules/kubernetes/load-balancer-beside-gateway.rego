# METADATA
# title: Load balancer beside the gateway
# description: A service of type LoadBalancer or an Ingress in scope leads to pods that are no ingress gateway, and no declared flow to its namespace approves it.
# custom:
#   id: load-balancer-beside-gateway
#   kind: [service, ingress]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.3.1", "1.2.5"]
#   title: { ko: 게이트웨이 옆의 로드 밸런서 }
#   why:
#     en: "The zone's gateway is where traffic from outside is authenticated, authorised and logged. A load balancer that leads straight to an application is a second entrance, which the gateway's policies do not see."
#     ko: "구역의 게이트웨이는 외부 트래픽을 인증하고 인가하며 기록하는 곳입니다. 애플리케이션으로 바로 연결되는 로드 밸런서는 게이트웨이의 정책이 보지 못하는 두 번째 입구입니다."
#   remediation:
#     en: "Make it a ClusterIP service and let traffic in by the zone's gateway. If the entrance is meant, declare a flow to its namespace with its ports, from `internet` or the partner's zone where its addresses are public."
#     ko: "ClusterIP 서비스로 바꾸고 트래픽은 구역의 게이트웨이로 받으십시오. 의도한 입구라면 이 네임스페이스로 가는 흐름을 해당 포트로 선언하고, 공인 주소를 쓴다면 `internet` 또는 상대 구역에서 오는 흐름으로 선언하십시오."
#   messages:
#     en: "{kind} `{name}` opens a {?public}public {/}load balancer on {beyond} that leads past the gateway{?approved}; flow {approved} covers the rest{/}{?expired}; flow {expired} has expired{/}"
#     ko: "{kind} `{name}`이(가) 게이트웨이를 거치지 않는 {?public}공개 {/}로드 밸런서를 {beyond}에 엽니다{?approved}. 나머지는 흐름 {approved}이(가) 승인합니다{/}{?expired}. 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.load_balancer_beside_gateway

import data.zoneproof.lib.cover

deny contains {
	"args": {
		"kind": named[input.kind],
		"name": input.name,
		"beyond": cover.beyond([input.entrance]),
		"public": object.get(input.entrance, "public", false),
		"approved": input.entrance.approved_by,
		"expired": input.entrance.expired,
	},
	"path": paths[input.kind],
	"connections": cover.connections([input.entrance]),
} if {
	count(input.entrance.beyond) > 0
}

named := {"service": "Service", "ingress": "Ingress"}

paths := {"service": "/spec/type", "ingress": "/spec"}
