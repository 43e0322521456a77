# METADATA
# title: Something that was not collected
# description: A part of the estate that should have been read and was not, and that no entry of accepted-unknowns in force covers.
# custom:
#   id: coverage-gap
#   kind: [gap]
#   severity: medium
#   requirements: ["12.5.2"]
#   title: { ko: 수집되지 않은 부분 }
#   why:
#     en: What was not read was not examined. A scope is confirmed for all of the estate, and an opening may lie in just the part that is missing.
#     ko: 읽지 않은 것은 검사되지 않은 것입니다. 평가 범위는 전체 자산에 대해 확인해야 하며, 빠진 바로 그 부분에 개방이 있을 수 있습니다.
#   remediation:
#     en: Collect what is missing. If that takes time, accept it in `accepted-unknowns` with an owner, a reason and an end; it stays in the report as not examined.
#     ko: 빠진 것을 수집하십시오. 시간이 걸린다면 소유자, 사유, 기한을 적어 `accepted-unknowns`에 등록하십시오. 보고서에는 검사하지 않은 것으로 남습니다.
#   messages:
#     en: "`{what}` was not examined: {detail}{?accepted}; that it is accepted expired on {accepted}{/}"
#     ko: "`{what}`을(를) 검사하지 못했습니다: {detail}{?accepted}; 허용 기한이 {accepted}에 끝났습니다{/}"
package zoneproof.rules.coverage_gap

deny contains {"args": {
	"what": input.what,
	"detail": input.detail,
	"accepted": object.get(input, "acceptance_expired", ""),
}} if {
	not input.accepted
}
