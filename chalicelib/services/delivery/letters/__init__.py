"""What each mail says besides the parts of every mail."""
