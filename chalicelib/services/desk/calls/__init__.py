"""Calls at the desk."""
