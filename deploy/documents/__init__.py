"""A shop's policy documents: written in Markdown with names for the policy's numbers, published as frozen texts
(decision 198)."""
