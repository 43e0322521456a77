# METADATA
# title: Listener that takes HTTP in the clear
# description: An HTTP listener in scope does more with a request than redirect it to HTTPS. TCP and UDP listeners are not judged, because what they carry may be encrypted.
# custom:
#   id: elb-listener-plaintext
#   kind: [listener]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.2.6", "4.2.1"]
#   title: { ko: 평문 HTTP를 받는 리스너 }
#   why:
#     en: HTTP shows to everybody on the way what it carries, card numbers among it. An insecure protocol needs features that make up for it, and over public networks nothing does.
#     ko: HTTP는 카드 번호를 포함해 싣고 있는 것을 경로의 모두에게 보여 줍니다. 안전하지 않은 프로토콜에는 보완하는 기능이 있어야 하며 공중망에서는 그것을 보완할 수 있는 것이 없습니다.
#   remediation:
#     en: Replace it by an HTTPS listener, or let its default action and all its rules redirect to HTTPS.
#     ko: HTTPS 리스너로 바꾸거나 기본 동작과 모든 규칙이 HTTPS로 리디렉션하게 하십시오.
#   messages:
#     en: "listener `{name}` of `{balancer}` takes HTTP in the clear on tcp/{port}"
#     ko: "`{balancer}`의 리스너 `{name}`이(가) tcp/{port}에서 평문 HTTP를 받습니다"
package zoneproof.rules.elb_listener_plaintext

deny contains {
	"args": {"name": input.name, "balancer": input.balancer, "port": input.asset.port},
	"connections": [sprintf("tcp/%v", [input.asset.port])],
} if {
	input.plaintext
}
