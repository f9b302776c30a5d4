"""Orders at the desk: their lists, an order's page, and the order beside a ticket."""
