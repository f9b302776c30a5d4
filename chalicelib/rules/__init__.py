"""Everything the shop promised, as pure functions. They use the standard library only, and get the time and the
holidays as arguments."""
