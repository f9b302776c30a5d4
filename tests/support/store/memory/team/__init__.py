"""Stores about the shop's people, in memory."""
