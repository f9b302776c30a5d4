"""What a shop owes about an order: its promises as clocks, its letters, and what is counted of them."""
