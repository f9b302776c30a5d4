"""Chats: begun, said, looked after and read."""
