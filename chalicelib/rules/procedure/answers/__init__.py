"""Answers that do not leave at once: they can be taken back for a while, or a second agent reads them first."""
