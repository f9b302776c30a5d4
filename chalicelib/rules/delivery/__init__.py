"""Mails that are owed: who sends them, which wait for each other, and how they end."""
