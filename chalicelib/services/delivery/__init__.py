"""Composing and sending the mails that are owed."""
