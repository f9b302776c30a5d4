"""What the desk shows and changes of the shop's people."""
