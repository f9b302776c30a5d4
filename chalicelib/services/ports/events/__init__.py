"""What the door of events needs from the world."""
