"""Counting tickets by day, noting signals, and what comes of them."""
