"""Finding, correcting, erasing and keeping people's data, and proof of what was done."""
