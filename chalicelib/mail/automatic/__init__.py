"""Mails that machines wrote, and delivery reports."""
