"""Forms and mails, from their arrival to a ticket."""
