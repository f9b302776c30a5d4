"""What the desk shows about answers before they leave."""
