"""Finding, correcting, erasing and retaining people's data, and proof of these actions."""
