"""Orders: what becomes of their events."""
