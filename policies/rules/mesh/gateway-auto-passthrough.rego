# METADATA
# title: Gateway that hands connections on by name
# description: A server of a Gateway in scope has mode AUTO_PASSTHROUGH, so that clients choose the service behind it.
# custom:
#   id: gateway-auto-passthrough
#   kind: [istio-gateway]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.4.2"]
#   title: { ko: "이름에 따라 연결을 넘기는 게이트웨이" }
#   why:
#     en: "Nothing is ended at such a gateway: whoever reaches it and has a certificate that the mesh takes names any service of its hosts and is connected to it, past routes and policies of the gateway."
#     ko: "이러한 게이트웨이에서는 아무것도 종단되지 않습니다. 게이트웨이에 닿고 메시가 받아들이는 인증서가 있는 쪽은 호스트에 속한 서비스를 지정해, 게이트웨이의 라우트와 정책을 거치지 않고 연결됩니다."
#   remediation:
#     en: "Restrict `hosts` to the services that other clusters need, or end TLS at the gateway. Let only the addresses of those clusters reach its port."
#     ko: "`hosts`를 다른 클러스터에 필요한 서비스로 좁히거나 게이트웨이에서 TLS를 종단하십시오. 그 클러스터의 주소만 포트에 닿게 하십시오."
#   messages:
#     en: "`{name}` hands connections on port {port} to any service of {hosts}{?every}, which is every service of the mesh{/}"
#     ko: "`{name}`이(가) 포트 {port}의 연결을 {hosts}의 모든 서비스로 넘깁니다{?every}. 메시의 모든 서비스가 여기에 속합니다{/}"
package zoneproof.rules.gateway_auto_passthrough

deny contains {
	"args": {
		"name": input.name,
		"port": server.port,
		"hosts": server.hosts,
		"every": server.every_service,
	},
	"path": server.path,
	"connections": [sprintf("tcp/%d", [server.port])],
} if {
	some server in input.auto_passthrough
}
