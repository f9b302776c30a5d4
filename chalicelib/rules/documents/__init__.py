"""A shop's policy documents: their versions, which is in force, what changed, and which text somebody accepted."""
