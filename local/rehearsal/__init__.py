"""`make rehearse`: the commands of docs/deploying.md, run against the embedded AWS."""
