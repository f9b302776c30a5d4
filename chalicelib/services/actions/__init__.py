"""What agents, customers and clocks do to tickets."""
