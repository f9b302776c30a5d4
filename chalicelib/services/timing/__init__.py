"""What customers are told of the days on which a shop is closed."""
