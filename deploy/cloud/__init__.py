"""What talks to AWS for an operator: each module knows one service, and gets its clients from the caller."""
