"""The objects that one object is related to: members, owners, groups, managers, sponsors."""
