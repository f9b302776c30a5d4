"""Where shops' systems post what happened to orders."""
