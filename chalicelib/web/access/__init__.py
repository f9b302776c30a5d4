"""Who sent a request to the desk."""
