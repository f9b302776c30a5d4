"""Packaging for AWS and for the local stack: what `make package` and `make run` build, checked and small.
Never part of the package itself."""
