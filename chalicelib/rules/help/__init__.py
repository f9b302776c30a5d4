"""The help centre: its articles, the words of a search, and which articles answer it. Pure."""
