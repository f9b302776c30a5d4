"""Chats at the desk."""
