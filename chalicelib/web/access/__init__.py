"""Who a request to the desk comes from."""
