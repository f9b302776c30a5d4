"""A ticket and its parts: messages, clocks, mails owed, facts of the procedure, its log."""
