"""Files for admins and for data subjects."""
