"""What the help centre costs."""
