"""What messengers do for us."""
