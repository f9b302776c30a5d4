"""Signatures, and the lines that devices add."""
