# METADATA
# title: HTTP rule on a port that is no HTTP
# description: A rule in scope has hosts, methods, paths or request fields for a port that the mesh takes for TCP.
# custom:
#   id: authz-http-rule-on-tcp
#   kind: [authorization-policy]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.3.1", "7.2.1"]
#   title: { ko: "HTTP가 아닌 포트의 HTTP 규칙" }
#   why:
#     en: "On a TCP port an ALLOW rule with HTTP fields is dropped, and of a DENY rule the fields are dropped, so that it denies more. ztunnel of the ambient data plane reads no HTTP at all, and there a DENY may have no effect. What is enforced is not what was written and approved."
#     ko: "TCP 포트에서는 HTTP 필드가 있는 ALLOW 규칙이 무시되고, DENY 규칙에서는 그 필드가 빠져 더 많이 거부합니다. 앰비언트 데이터 플레인의 ztunnel은 HTTP를 읽지 않으므로 DENY가 효력을 잃을 수 있습니다. 시행되는 것은 작성하고 승인한 것과 다릅니다."
#   remediation:
#     en: "Name the port of the Service `http-…` or set its `appProtocol`, if it speaks HTTP. If not, restrict the rule to ports and identities."
#     ko: "HTTP를 쓰는 포트라면 Service 포트의 이름을 `http-…`로 하거나 `appProtocol`을 설정하십시오. 아니라면 규칙을 포트와 신원으로만 제한하십시오."
#   messages:
#     en: "rule {rule} of `{name}` has HTTP fields on {ports}{?allow}, so it is dropped there{/}{?deny}, so it denies more than they say{/}{?ambient}; ztunnel enforces it without them or not at all{/}"
#     ko: "`{name}`의 규칙 {rule}이(가) {ports}에 HTTP 필드를 쓰고 있습니다{?allow}. 그곳에서는 규칙이 무시됩니다{/}{?deny}. 그래서 적힌 것보다 더 많이 거부합니다{/}{?ambient}. ztunnel은 그 필드를 빼고 시행하거나 전혀 시행하지 않습니다{/}"
package zoneproof.rules.authz_http_rule_on_tcp

deny contains {
	"args": {
		"name": input.name,
		"rule": found.rule + 1,
		"ports": found.ports,
		"allow": input.effects.action == "ALLOW",
		"deny": {true | input.effects.action == "DENY"; not found.ambient},
		"ambient": found.ambient,
	},
	"path": found.path,
} if {
	some found in input.effects.http_on_tcp
}
