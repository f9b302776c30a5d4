"""Events of shops' systems: taken in at the door, read from the queue, caught up from the systems themselves."""
