"""Mails inside forwarded mails."""
