"""Working time, periods, and the words for when something is due."""
