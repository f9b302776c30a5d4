"""Orders as letters and pages show them."""
