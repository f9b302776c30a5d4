"""What a customer gets: remedies, warranty claims, expenses."""
