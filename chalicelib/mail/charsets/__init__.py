"""Bytes to text, for every charset and transfer encoding that a mail may declare."""
