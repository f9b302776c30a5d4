"""What customers see: their ticket and the policy."""
