"""How often one source may search."""

PER_MINUTE = 60
"""Searches of one source in a minute. While somebody writes, a page asks about once in two seconds."""
TOLD_AT_ONCE = 10
"""After so many searches, a process tells the table."""
