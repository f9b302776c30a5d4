"""Recognises words to which a law gives a time of their own."""
