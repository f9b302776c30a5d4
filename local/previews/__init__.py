"""Every page and mail with sample data."""
