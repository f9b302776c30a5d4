"""Where pages ask to be rung, and the answers to their connections."""
