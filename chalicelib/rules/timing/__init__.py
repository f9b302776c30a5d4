"""Working time, periods and what is said of when something is due."""
