# METADATA
# title: What declared flows leave uncovered, as text
# description: Helpers for rules about openings. They take what they work on as arguments and read no input.
package zoneproof.lib.cover

# Openings that no flow covers whole.
uncovered(openings) := [opening | some opening in openings; count(opening.beyond) > 0]

# Flows that cover a part of them, and flows that would and have expired.
approved(openings) := {flow | some opening in openings; some flow in opening.approved_by}

expired(openings) := {flow | some opening in openings; some flow in opening.expired}

# What lies beyond the flows: connections, with addresses where there are any.
beyond(openings) := {text | some opening in openings; some part in opening.beyond; some text in parts(part)}

# The same, each with the border that it lies behind.
beyond_by_border(openings) := {text |
	some opening in openings
	some part in opening.beyond
	some said in parts(part)
	text := sprintf("%s: %s", [opening.border, said])
}

parts(part) := {sprintf("%s (%s)", [concat(", ", part.connections), concat(", ", part.addresses)])} if {
	count(part.addresses) > 0
}

parts(part) := {concat(", ", part.connections)} if count(part.addresses) == 0

# The connections that lie beyond, which findings keep to tell growth.
connections(openings) := {connection |
	some opening in openings
	some part in opening.beyond
	some connection in part.connections
}
