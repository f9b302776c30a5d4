"""A ticket and its parts: messages, clocks, outbox, facts of the procedure, log."""
