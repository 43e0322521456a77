# METADATA
# title: Traffic that goes around the proxy
# description: An annotation or label of an in-scope workload of the mesh leaves ports or addresses out of what its proxy handles.
# custom:
#   id: mesh-bypass-annotation
#   kind: [workload]
#   zones: [cde, security-impacting, connected]
#   severity: high
#   requirements: ["1.3.1", "1.3.2"]
#   title: { ko: "프록시를 우회하는 트래픽" }
#   why:
#     en: "What the proxy does not capture, no policy of the mesh sees: inbound it is not checked, outbound it carries no identity."
#     ko: "프록시가 가로채지 않는 트래픽은 메시의 어떤 정책도 보지 못합니다. 들어오는 것은 검사되지 않고, 나가는 것에는 신원이 없습니다."
#   remediation:
#     en: "Remove the annotation. What must speak plaintext gets a port-level mode of its own and a policy by address instead."
#     ko: "어노테이션을 없애십시오. 평문이 꼭 필요한 것에는 대신 포트별 모드와 주소에 따른 정책을 두십시오."
#   messages:
#     en: "{?both}all{/}{?inbound}inbound{/}{?outbound}outbound{/} traffic of `{name}` goes around its proxy: `{key}` is `{value}`"
#     ko: "`{name}`의 {?both}모든{/}{?inbound}들어오는{/}{?outbound}나가는{/} 트래픽이 프록시를 우회합니다: `{key}`의 값이 `{value}`입니다"
package zoneproof.rules.mesh_bypass_annotation

deny contains {"args": {
	"name": input.name,
	"both": bypass.direction == "both",
	"inbound": bypass.direction == "inbound",
	"outbound": bypass.direction == "outbound",
	"key": bypass.key,
	"value": bypass.value,
}} if {
	some bypass in input.proxies.bypasses
}
