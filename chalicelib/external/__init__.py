"""Adapters to what is neither AWS nor ours."""
