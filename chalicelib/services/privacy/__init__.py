"""Purging, erasing, correcting and auditing."""
