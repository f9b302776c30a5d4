"""Packaging for AWS and for the local stack: what `make package` and `make run` build.
Not part of the package itself."""
