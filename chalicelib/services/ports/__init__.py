"""The protocols that the use cases need: `aws` and `external` implement them, tests fake them."""
