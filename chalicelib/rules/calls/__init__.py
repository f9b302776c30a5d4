"""Calls back that customers ask for: when they can be, what is promised, and what became of them."""
