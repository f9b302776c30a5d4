"""Connections that ring, in memory."""
