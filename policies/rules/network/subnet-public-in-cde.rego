# METADATA
# title: Public subnet in the cardholder data environment
# description: A subnet of a cde zone routes to an internet gateway, and no declared flow leads from the internet to its border. Subnets that hold NAT gateways and nothing else, and what VPC Block Public Access shuts, are left out.
# custom:
#   id: subnet-public-in-cde
#   kind: [subnet]
#   zones: [cde]
#   severity: high
#   requirements: ["1.4.1", "1.4.2", "1.4.4"]
#   title: { ko: 카드회원 데이터 환경의 공용 서브넷 }
#   why:
#     en: What stores card data may not be reachable from the internet, and inbound traffic ends at what is meant to be public. In a public subnet one public address is all that it takes.
#     ko: 카드 데이터를 저장하는 것은 인터넷에서 직접 닿을 수 없어야 하고, 들어오는 트래픽은 공개하려던 것에서 끝나야 합니다. 공용 서브넷에서는 공인 주소 하나로 충분합니다.
#   remediation:
#     en: Route the subnet through a NAT gateway or an endpoint instead, or declare the flow from `internet` that needs it.
#     ko: 서브넷의 경로를 NAT 게이트웨이나 엔드포인트로 바꾸거나, 이를 필요로 하는 `internet`발 흐름을 선언하십시오.
#   messages:
#     en: "`{name}` is a public subnet of {border}: {routes} in `{table}`{?launch}; what is launched in it gets a public address{/}{?expired}; flow {expired} has expired{/}"
#     ko: "`{name}`은(는) {border}의 공용 서브넷입니다: `{table}`의 {routes}{?launch}; 여기서 시작하는 자원에는 공인 주소가 붙습니다{/}{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.subnet_public_in_cde

deny contains {
	"args": {
		"name": input.name,
		"border": input.zone.border,
		"routes": input.public_routes,
		"table": input.route_table,
		"launch": input.asset.public_on_launch,
		"expired": input.expired,
	},
	"border": sprintf("internet -> %s", [input.zone.border]),
	"related": [input.route_table],
} if {
	count(input.public_routes) > 0
	input.blocked == false
	not input.only_nat
	count(input.approved_by) == 0
}
