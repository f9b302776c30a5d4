"""How often one source may search."""

PER_MINUTE = 60
"""Searches of one source in a minute. While somebody writes, a page asks about once in two seconds."""
TOLD_AT_ONCE = 10
"""After so many searches, a process tells the table."""
COUNTED_A_DAY = 20
"""Searches in vain of one source whose words are counted. Nobody lacks more articles in a day."""
