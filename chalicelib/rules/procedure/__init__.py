"""What agents and clocks do to a ticket, from the first answer to the rating."""
