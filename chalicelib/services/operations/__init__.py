"""What admins run from the console, and the checks of its health."""
