# METADATA
# title: Default security group in use
# description: The default group of an in-scope VPC is attached to something, or still has rules.
# custom:
#   id: default-group-in-use
#   kind: [security-group]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.2.5", "1.3.1", "2.2.4"]
#   title: { ko: 사용 중인 기본 보안 그룹 }
#   why:
#     en: What is launched without naming a group gets the default one. With rules left in it, or with anything attached, such resources come under openings that nobody chose for them.
#     ko: 그룹을 지정하지 않고 만든 자원에는 기본 그룹이 붙습니다. 여기에 규칙이나 사용 중인 자원이 남아 있으면 그런 자원은 아무도 정하지 않은 개방을 물려받습니다.
#   remediation:
#     en: Give each resource a group of its own, then delete all rules of the default group, inbound and outbound.
#     ko: 자원마다 자체 그룹을 붙인 다음 기본 그룹의 수신, 송신 규칙을 모두 지우십시오.
#   messages:
#     en: "the default group `{group}` of `{vpc}` is in use{?bearers}; it is attached to {bearers}{/}{?rules}; it holds {rules#rule}{/}"
#     ko: "`{vpc}`의 기본 그룹 `{group}`이(가) 사용 중입니다{?bearers}; {bearers}에 붙어 있습니다{/}{?rules}; 규칙 {rules}개가 있습니다{/}"
package zoneproof.rules.default_group_in_use

deny contains {
	"args": {
		"group": input.name,
		"vpc": input.asset.vpc,
		"bearers": input.bearers,
		"rules": rules,
	},
	"related": input.bearers,
} if {
	input.default
	in_use
}

in_use if input.attached

in_use if input.rules > 0

rules := input.rules if input.rules > 0

rules := null if input.rules == 0
