"""What the desk shows of reports and improvements."""
