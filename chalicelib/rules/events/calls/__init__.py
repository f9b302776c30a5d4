"""What telephone systems tell us about calls."""
