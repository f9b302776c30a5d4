"""What one can learn from: reports, and improvements."""
