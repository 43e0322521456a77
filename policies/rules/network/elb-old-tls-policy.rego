# METADATA
# title: Listener that still speaks old TLS
# description: A listener in scope ends TLS with a security policy that allows TLS 1.0 or 1.1.
# custom:
#   id: elb-old-tls-policy
#   kind: [listener]
#   zones: [cde, security-impacting, connected]
#   severity: medium
#   requirements: ["1.2.6", "4.2.1"]
#   title: { ko: 오래된 TLS를 아직 쓰는 리스너 }
#   why:
#     en: TLS 1.0 and 1.1 are no strong cryptography any more (RFC 8996). A client that asks for them gets them, whatever the others use.
#     ko: TLS 1.0과 1.1은 더 이상 강력한 암호가 아닙니다(RFC 8996). 다른 클라이언트가 무엇을 쓰든 이를 요구하는 클라이언트에는 그대로 제공됩니다.
#   remediation:
#     en: Set a security policy whose oldest version is TLS 1.2, such as `ELBSecurityPolicy-TLS13-1-2-2021-06`.
#     ko: "가장 오래된 버전이 TLS 1.2인 보안 정책(예: `ELBSecurityPolicy-TLS13-1-2-2021-06`)을 설정하십시오."
#   messages:
#     en: "listener `{name}` of `{balancer}` allows TLS {minimum} by policy `{policy}`"
#     ko: "`{balancer}`의 리스너 `{name}`이(가) 정책 `{policy}`에 따라 TLS {minimum}을(를) 허용합니다"
package zoneproof.rules.elb_old_tls_policy

deny contains {"args": {
	"name": input.name,
	"balancer": input.balancer,
	"minimum": input.tls.minimum,
	"policy": input.tls.policy,
}} if {
	input.tls.minimum in {"1.0", "1.1"}
}
