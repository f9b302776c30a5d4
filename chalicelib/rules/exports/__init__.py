"""Columns and file formats of exports."""
