"""A mail's header fields: words, addresses, dates, and whose name it bears."""
