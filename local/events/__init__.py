"""Events posted to the running stack, signed as their sources sign them."""
