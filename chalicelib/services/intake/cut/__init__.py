"""What is cut from a mail because it looks quoted or signed, and what of it a person wrote."""
