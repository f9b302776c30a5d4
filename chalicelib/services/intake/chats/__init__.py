"""Forms that begin a chat."""
