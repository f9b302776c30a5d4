"""Where feedback without an address is kept, and the days of the published record."""
