# METADATA
# title: Waiver that waives nothing
# description: A waiver in force that covers no violation, because there is none or because the waiver cannot count (its owner approved it, or it names nothing but a rule).
# custom:
#   id: waiver-unused
#   kind: [waiver]
#   severity: low
#   requirements: ["1.2.7"]
#   title: { ko: 아무것도 면제하지 않는 면제 }
#   why:
#     en: A waiver without a violation waits for the next one and hides it. One that cannot count leaves its author in the belief that something is covered.
#     ko: 위반이 없는 면제는 다음 위반을 기다렸다가 가립니다. 효력이 없는 면제는 작성자에게 무언가 허용되었다는 잘못된 믿음을 줍니다.
#   remediation:
#     en: Remove the waiver if what it covered is mended; else correct its rule, its scope or its approver.
#     ko: 대상 위반이 해결되었다면 면제를 제거하고, 아니라면 규칙, 범위 또는 승인자를 바로잡으십시오.
#   messages:
#     en: "the waiver of {owner} for {rules}{?scope} on {scope}{/} covers nothing{?self_approved}: its owner approved it{/}{?no_scope}: it does not name both a rule and what it is about{/}"
#     ko: "{rules}{?scope}({scope}){/}에 대한 {owner} 소유의 면제가 아무것도 면제하지 않습니다{?self_approved}: 소유자가 스스로 승인했습니다{/}{?no_scope}: 규칙과 대상을 함께 지정하지 않았습니다{/}"
package zoneproof.rules.waiver_unused

deny contains {"args": {
	"rules": input.rules,
	"scope": input.scope,
	"owner": input.owner,
	"self_approved": input.self_approved,
	"no_scope": input.no_scope,
}} if {
	input.matched == 0

	# one that has expired is another finding
	not input.expired
}
