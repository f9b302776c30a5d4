"""Ports of the connections that ring."""
