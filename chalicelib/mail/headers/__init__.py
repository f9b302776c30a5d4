"""A mail's header fields: words, addresses, dates, and how surely it names its sender."""
