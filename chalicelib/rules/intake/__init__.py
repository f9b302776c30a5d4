"""What comes in: how forms and mails are read, limited and decided on, and how a ticket opens."""
