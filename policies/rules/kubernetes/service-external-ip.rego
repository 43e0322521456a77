# METADATA
# title: Service with external addresses
# description: An in-scope service takes traffic for addresses that somebody wrote into `externalIPs`.
# custom:
#   id: service-external-ip
#   kind: [service]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "2.2.4"]
#   title: { ko: 외부 주소를 지정한 서비스 }
#   why:
#     en: Every node takes traffic for these addresses, and Kubernetes does not check whose they are. Whoever may write a service can draw traffic of others to it (CVE-2020-8554).
#     ko: 모든 노드가 이 주소로 오는 트래픽을 받으며 쿠버네티스는 주소의 소유자를 확인하지 않습니다. 서비스를 작성할 수 있는 사람은 다른 곳으로 가는 트래픽을 끌어올 수 있습니다(CVE-2020-8554).
#   remediation:
#     en: Remove `externalIPs`, and let traffic in through the zone's gateway.
#     ko: "`externalIPs`를 삭제하고 트래픽은 구역의 게이트웨이로 받으십시오."
#   messages:
#     en: "service `{name}` takes traffic for {addresses}"
#     ko: "`{name}` 서비스가 {addresses} 주소의 트래픽을 받습니다"
package zoneproof.rules.service_external_ip

deny contains {
	"args": {"name": input.name, "addresses": input.asset.external_ips},
	"path": "/spec/externalIPs",
} if {
	count(input.asset.external_ips) > 0
}
