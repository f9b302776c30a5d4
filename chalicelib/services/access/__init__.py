"""Signing in to the desk."""
