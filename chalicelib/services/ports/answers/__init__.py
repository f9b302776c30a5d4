"""Ports about answers."""
