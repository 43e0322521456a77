# METADATA
# title: Security groups as messages name them
# description: Helpers for rules about security groups.
package zoneproof.lib.group

label(group) := sprintf("%s (%s)", [group.name, group.id]) if group.name != ""

label(group) := group.id if group.name == ""

# Whether it is known that nothing bears the group.
unattached(group) if object.get(group, "attached", true) == false

default unattached(_) := false
