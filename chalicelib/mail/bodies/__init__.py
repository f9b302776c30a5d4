"""A mail's text and HTML."""
