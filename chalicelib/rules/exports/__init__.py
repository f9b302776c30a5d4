"""Columns and file formats of what is handed out."""
