"""Reading, writing and finding tickets, their files and their links."""
