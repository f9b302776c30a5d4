"""Intake: how forms and mails are read, limited and decided on, and how a ticket opens."""
