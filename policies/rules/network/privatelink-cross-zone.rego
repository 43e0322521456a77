# METADATA
# title: PrivateLink over a border
# description: An interface endpoint leads to a service behind another border, or an endpoint service admits accounts behind another border or everybody, one side in scope, and no declared flow leads that way.
# custom:
#   id: privatelink-cross-zone
#   kind: [vpc-endpoint, vpc-endpoint-service]
#   severity: high
#   requirements: ["1.3.1", "1.3.2", "1.4.1"]
#   title: { ko: 경계를 넘는 PrivateLink }
#   why:
#     en: "An endpoint crosses borders without a route, a peering or an address of the other side: nothing in either route table shows it. Who may connect is what the service admits."
#     ko: 엔드포인트는 경로나 피어링, 상대의 주소 없이 경계를 넘으며 어느 쪽 라우팅 테이블에도 나타나지 않습니다. 누가 연결할 수 있는지는 서비스가 허용한 주체가 정합니다.
#   remediation:
#     en: Delete the endpoint or take the principal off the service, or declare the flow from the consumer to the provider.
#     ko: 엔드포인트를 지우거나 서비스에서 주체를 빼고, 필요하다면 이용하는 쪽에서 제공하는 쪽으로 가는 흐름을 선언하십시오.
#   messages:
#     en: "`{consumer}` ({from}) {?connected}leads{/}{?possible}may connect{/} to `{provider}` ({to}), and no flow in force approves it{?expired}; flow {expired} has expired{/}"
#     ko: "`{consumer}`({from})에서 `{provider}`({to})(으)로 {?connected}연결되어 있지만{/}{?possible}연결할 수 있지만{/} 이를 승인하는 유효한 흐름이 없습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.privatelink_cross_zone

deny contains {
	"args": {
		"consumer": crossing.consumer,
		"from": crossing.consumer_border,
		"provider": crossing.provider,
		"to": crossing.provider_border,
		"connected": crossing.connected,
		"possible": crossing.connected == false,
		"expired": crossing.expired,
	},
	"border": sprintf("%s -> %s", [crossing.consumer_border, crossing.provider_border]),
	"related": [crossing.provider],
} if {
	some crossing in input.crossings
	count(crossing.approved_by) == 0
}
