"""Stores about the shop's people."""
