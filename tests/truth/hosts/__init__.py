"""The stage of the ground truth: hosts, roles, their own account of themselves, and the map."""
