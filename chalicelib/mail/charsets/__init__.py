"""Bytes to text, whatever charset or transfer encoding a mail says."""
