"""Templates: pages, mails, words and suggested replies."""
