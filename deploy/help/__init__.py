"""A shop's help centre: articles in Markdown with the policy's values by name, rendered and indexed when packaging
(decision 223)."""
