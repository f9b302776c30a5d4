"""Aftercare on one machine: the embedded AWS, SMTP in, a mailbox and HTTP around the very package that is deployed.
For trying it out and for tests; nothing of this is ever deployed."""
