"""A mailbox for all recipients on this machine, to read in a browser."""
