"""Orders: recording what happened to them, sending their letters, and what people decide about them."""
