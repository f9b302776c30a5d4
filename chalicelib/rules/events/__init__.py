"""Events of shops' systems: who may send them, and what they say in our words."""
