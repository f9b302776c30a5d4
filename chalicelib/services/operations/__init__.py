"""What admins run from the console, and the checks of Aftercare's health."""
