# METADATA
# title: Public address in the cardholder data environment
# description: An interface, instance or Elastic IP of a cde zone has a public address, and no declared flow leads from the internet to it. NAT gateways and what VPC Block Public Access shuts are left out.
# custom:
#   id: public-address-in-cde
#   kind: [network-interface, instance, elastic-ip]
#   zones: [cde]
#   severity: high
#   requirements: ["1.4.2", "1.4.4"]
#   title: { ko: 카드회원 데이터 환경의 공인 주소 }
#   why:
#     en: Systems of the cardholder data environment are not addressable from untrusted networks unless that is their purpose. A public address leaves one route and one rule between the internet and the system.
#     ko: 카드회원 데이터 환경의 시스템은 그것이 목적이 아닌 한 신뢰하지 않는 네트워크에서 주소로 닿을 수 없어야 합니다. 공인 주소가 있으면 인터넷과 시스템 사이에는 경로 하나와 규칙 하나만 남습니다.
#   remediation:
#     en: Take the address away and put a load balancer in front, or declare the flow from `internet` that needs it.
#     ko: 공인 주소를 떼고 앞에 로드 밸런서를 두거나, 이를 필요로 하는 `internet`발 흐름을 선언하십시오.
#   messages:
#     en: "`{name}` ({holder}) in {border} has the public address {addresses}{?expired}; flow {expired} has expired{/}"
#     ko: "{border}의 `{name}`({holder})에 공인 주소 {addresses}이(가) 있습니다{?expired}; 흐름 {expired}은(는) 만료되었습니다{/}"
package zoneproof.rules.public_address_in_cde

deny contains {
	"args": {
		"name": input.name,
		"holder": input.holder,
		"border": input.zone.border,
		"addresses": input.public,
		"expired": input.expired,
	},
	"border": sprintf("internet -> %s", [input.zone.border]),
} if {
	count(input.public) > 0
	input.blocked == false
	not input.nat
	count(input.approved_by) == 0
}
