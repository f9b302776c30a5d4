"""MIME in, MIME out: reading, quoting, bounces, composing. Pure: bytes and values, no I/O."""
