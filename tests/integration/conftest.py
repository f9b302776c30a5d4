"""Tests from the outside share one stack."""

from tests.stack_fixture import outside

__all__ = ["outside"]
