"""Finds the mail inside a forwarded mail."""
