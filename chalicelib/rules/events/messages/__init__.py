"""What messengers tell us that people wrote, and what became of what we wrote."""
