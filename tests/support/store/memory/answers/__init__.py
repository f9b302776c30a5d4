"""Feedback without an address, and the published record of promises."""
