"""What customers see of their ticket and of the policy."""
