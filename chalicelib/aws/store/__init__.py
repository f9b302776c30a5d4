"""The ports that the table implements, with one class for each. None of them ever scans the table."""
