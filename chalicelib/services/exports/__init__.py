"""Files handed out to admins and to data subjects."""
