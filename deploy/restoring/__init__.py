"""What deploy.restore does: a table of an earlier moment, and again in it what must not be undone."""
