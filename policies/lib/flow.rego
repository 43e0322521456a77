# METADATA
# title: Flows over borders, as text
# description: Helpers for rules about flows. They take what they work on as arguments and read no input.
package zoneproof.lib.flow

# What of a flow no declared flow approves: connections, with who begins them, or gets them outside of the estate.
beyond(parts) := {text |
	some part in parts
	text := sprintf("%s (%s)", [concat(", ", part.connections), concat(", ", part.names)])
}

# The connections among them, which findings keep to tell growth.
connections(parts) := {connection | some part in parts; some connection in part.connections}

# The border that is crossed.
border(from, to) := sprintf("%s -> %s", [from.border, to.border])

# An end of a flow: by its name where it is one of the estate's, else by its border alone.
label(end) := end.border if end.outside

label(end) := sprintf("%s (%s)", [concat(", ", end.names), end.border]) if not end.outside

# A flow is one rule's: the gravest that it breaks.
is_internet_to_cde(from, to) if {
	from.internet
	to.category == "cde"
}

is_cde_egress(from, to) if {
	from.category == "cde"
	to.outside
}

# Resources to look at.
related(decided_by) := {decided_by} if decided_by != ""

related(decided_by) := set() if decided_by == ""
