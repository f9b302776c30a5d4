"""A mail's MIME parts and the files in them."""
