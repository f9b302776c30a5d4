"""Forms and mails, from their arrival until they become tickets."""
