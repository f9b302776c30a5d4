"""Aftercare beside django-helpdesk, the peer: the processor time of the same work in one run (decision 182). `worker`,
`jobs` and `site` run in the peer's environment, the rest in ours."""
