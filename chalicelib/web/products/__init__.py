"""Pages about products: published answers, who waits for one, the guarantee passport."""
