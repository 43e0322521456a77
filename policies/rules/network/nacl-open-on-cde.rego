# METADATA
# title: Network ACL that lets everything in
# description: "A network ACL that guards subnets in scope lets in everything from anywhere: it controls nothing."
# custom:
#   id: nacl-open-on-cde
#   kind: [network-acl]
#   zones: [cde, security-impacting, connected]
#   severity: low
#   requirements: ["1.3.1", "1.4.1"]
#   title: { ko: 모든 것을 들여보내는 네트워크 ACL }
#   why:
#     en: "A network ACL is the control of the subnet, and its rules stand whatever groups are attached to what lies in it. One that lets everything in, as the default one does, leaves security groups as the only control: a single mistake in one of them is enough."
#     ko: 네트워크 ACL은 서브넷의 통제이며, 그 안의 자원에 어떤 그룹이 붙든 그대로 적용됩니다. 기본 ACL처럼 모든 것을 들여보내면 보안 그룹만이 유일한 통제로 남아, 그룹 하나의 실수로 충분합니다.
#   remediation:
#     en: Give these subnets an ACL of their own that denies what has no business there, such as the addresses of other zones, and allows the rest by port.
#     ko: 이 서브넷에 전용 ACL을 두어 다른 구역의 주소처럼 올 이유가 없는 것은 거부하고 나머지는 포트별로 허용하십시오.
#   messages:
#     en: "`{name}` lets everything in from anywhere ({families}) to {subnets}{?default}; it is the default ACL of the VPC{/}"
#     ko: "`{name}`이(가) 어디서 오든 모든 것({families})을 {subnets}(으)로 들여보냅니다{?default}; VPC의 기본 ACL입니다{/}"
package zoneproof.rules.nacl_open_on_cde

deny contains {
	"args": {
		"name": input.name,
		"families": input.open_to_all,
		"subnets": input.subnets_in_scope,
		"default": input.asset.default,
	},
	"related": input.subnets_in_scope,
} if {
	count(input.open_to_all) > 0
	count(input.subnets_in_scope) > 0
}
