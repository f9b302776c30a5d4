"""Separates what is new in a mail from what it quotes."""
