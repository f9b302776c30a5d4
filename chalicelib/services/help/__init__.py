"""The help centre: reading and finding articles, and counting what was not found."""
