"""What the package has compiled, so that no cold start compiles it (decisions 174, 175)."""
