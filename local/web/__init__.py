"""The API on this machine: the gateway, its process, and its warm-up."""
