"""The ports that the table implements, one class for each; none of them ever scans it."""
