"""What the reports show: each picture with the sentence that it proves, and its table."""
