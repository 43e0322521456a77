# METADATA
# title: Gateway that takes plaintext
# description: A server of a Gateway in scope speaks HTTP without redirecting to HTTPS, or TCP without TLS.
# custom:
#   id: gateway-plaintext
#   kind: [istio-gateway]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.2.6"]
#   title: { ko: "평문을 받는 게이트웨이" }
#   why:
#     en: "Plain HTTP and TCP are insecure services: whoever is on the way reads and changes them. They need mitigation or an end. Where clients come over a public network, 4.2.1 applies as well."
#     ko: "평문 HTTP와 TCP는 안전하지 않은 서비스입니다. 경로 위의 누구든 읽고 바꿀 수 있으므로 완화하거나 없애야 합니다. 클라이언트가 공중망으로 온다면 4.2.1도 적용됩니다."
#   remediation:
#     en: "Set `tls` on the server, or `tls.httpsRedirect: true` where only the redirect is wanted."
#     ko: "서버에 `tls`를 설정하거나, 리디렉션만 필요하면 `tls.httpsRedirect: true`를 설정하십시오."
#   messages:
#     en: "`{name}` takes plaintext: {protocol} on port {port} for {hosts}{?workloads} (proxies: {workloads}){/}"
#     ko: "`{name}`이(가) 평문을 받습니다: 포트 {port}의 {protocol}, 호스트 {hosts}{?workloads} (프록시: {workloads}){/}"
package zoneproof.rules.gateway_plaintext

deny contains {
	"args": {
		"name": input.name,
		"protocol": server.protocol,
		"port": server.port,
		"hosts": server.hosts,
		"workloads": input.workloads,
	},
	"path": server.path,
	"connections": [sprintf("tcp/%d", [server.port])],
} if {
	some server in input.plaintext
}
