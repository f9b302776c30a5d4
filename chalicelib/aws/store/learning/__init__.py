"""Counts by day, and improvements, in the table."""
