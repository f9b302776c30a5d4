"""What counting and improving need from the world."""
