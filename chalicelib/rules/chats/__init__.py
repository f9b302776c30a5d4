"""Chats: a ticket's conversation line by line, while both sides are there."""
