"""Taking feedback, listing it, and what is published of ratings and promises."""
