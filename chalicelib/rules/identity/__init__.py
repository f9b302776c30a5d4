"""Addresses, telephone numbers, keys, and the names derived from them."""
