"""What the desk shows to agents."""
