"""Stores of the connections that ring."""
