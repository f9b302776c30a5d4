"""Connections by which pages hear that a conversation has something new: let in, rung, forgotten."""
