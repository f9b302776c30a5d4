"""What tickets cost from their opening to their deletion, and the page that says so."""
