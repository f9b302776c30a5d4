"""What agents see at the desk."""
