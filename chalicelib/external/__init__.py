"""Adapters to services and libraries that are neither AWS's nor ours."""
