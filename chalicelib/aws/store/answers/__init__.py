"""Stores about answers."""
