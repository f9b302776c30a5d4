"""Templates: pages, mails, words and ready replies."""
