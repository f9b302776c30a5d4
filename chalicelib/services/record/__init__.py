"""Closing the days of the published record, and proving what is in it."""
