# METADATA
# title: Path rule that another spelling gets around
# description: A DENY in scope, or what an ALLOW excludes, names a path of which another spelling is not matched under the path normalization of the mesh.
# custom:
#   id: authz-deny-path-gap
#   kind: [authorization-policy]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["7.2.1"]
#   title: { ko: "다른 표기로 우회되는 경로 규칙" }
#   why:
#     en: "A proxy compares paths as text, and many servers take `/admin/`, `//admin` or `/admin;x` for `/admin`. A list of what is forbidden fails open on each spelling that nobody thought of. Servers that ignore case add more."
#     ko: "프록시는 경로를 글자 그대로 비교하지만 많은 서버는 `/admin/`, `//admin`, `/admin;x`를 `/admin`으로 받아들입니다. 금지 목록은 생각하지 못한 표기마다 열립니다. 대소문자를 가리지 않는 서버라면 더 많습니다."
#   remediation:
#     en: "List what is allowed in an ALLOW instead. If the DENY stays, write it as a prefix without a slash at its end (`/admin*`) and set `pathNormalization` to `MERGE_SLASHES` or stricter."
#     ko: "대신 허용할 경로를 ALLOW에 적으십시오. DENY를 남긴다면 끝에 슬래시가 없는 접두어(`/admin*`)로 쓰고 `pathNormalization`을 `MERGE_SLASHES` 이상으로 설정하십시오."
#   messages:
#     en: "rule {rule} of `{name}` ({action}) names `{value}` and misses {missed}"
#     ko: "`{name}`({action})의 규칙 {rule}이(가) `{value}`을(를) 지정하지만 {missed}은(는) 놓칩니다"
package zoneproof.rules.authz_deny_path_gap

deny contains {
	"args": {
		"name": input.name,
		"action": input.effects.action,
		"rule": gap.rule + 1,
		"value": gap.value,
		"missed": gap.missed,
	},
	"path": gap.path,
} if {
	some gap in input.effects.path_gaps
}
