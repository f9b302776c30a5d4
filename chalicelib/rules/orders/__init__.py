"""Orders: what happened to them, what was promised about them, and what follows."""
