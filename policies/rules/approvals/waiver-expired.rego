# METADATA
# title: Waiver that has expired
# description: A waiver whose last day is over. It waives nothing any more.
# custom:
#   id: waiver-expired
#   kind: [waiver]
#   severity: medium
#   requirements: ["1.2.7"]
#   title: { ko: 만료된 면제 }
#   why:
#     en: An exception is borne for a time, with a control that makes up for it. Once that time is over the violation counts again, and somebody has to decide.
#     ko: 예외는 보완 통제와 함께 한시적으로만 허용됩니다. 기한이 지나면 위반이 다시 집계되며 누군가 결정을 내려야 합니다.
#   remediation:
#     en: Mend what the waiver covered and remove it, or have it approved anew with a later `expires`.
#     ko: 면제가 덮고 있던 위반을 고치고 면제를 제거하거나, 다시 승인받아 `expires`를 늦추십시오.
#   messages:
#     en: "the waiver of {owner} for {rules}{?scope} on {scope}{/} expired on {expires}"
#     ko: "{rules}{?scope}({scope}){/}에 대한 {owner} 소유의 면제가 {expires}에 만료되었습니다"
package zoneproof.rules.waiver_expired

deny contains {"args": {
	"rules": input.rules,
	"scope": input.scope,
	"owner": input.owner,
	"expires": input.expires,
}} if {
	input.expired
}
