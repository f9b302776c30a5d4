"""The policy documents: what their pages show, and which terms a form accepts."""
