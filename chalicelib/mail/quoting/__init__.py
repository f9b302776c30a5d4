"""What is new in a mail, and what it quotes."""
