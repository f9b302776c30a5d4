"""Aftercare on one machine: the embedded AWS, incoming SMTP, a mailbox and HTTP around the same package that is
deployed.
For trials and tests; nothing of this is ever deployed."""
