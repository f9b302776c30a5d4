"""Where tickets' reads and writes land in the table, at what rate each part bends, and the page that says so."""
