"""What the shop promised, as pure functions: standard library only; the moment and the holidays are arguments."""
