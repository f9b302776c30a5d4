"""The API on this machine: the gateway, its processes, what keeps them warm."""
