"""The one PartiQL statement that the store uses, on moto. Moto needs a further package for PartiQL, reads whole tables
for each statement, and overwrites an existing item instead of refusing it."""

import re
from typing import Any

import pytest
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend

_MOST = 25
_INSERTION = re.compile(r"INSERT INTO \"([\w.-]+)\" VALUE {(.+)}")


def apply(environment: pytest.MonkeyPatch) -> None:
    """Answer inserts like DynamoDB until `environment` ends."""
    environment.setattr(DynamoDBBackend, "batch_execute_statement", _insert_all)


def _insert_all(backend: DynamoDBBackend, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not 1 <= len(statements) <= _MOST:
        raise MockValidationException(f"Member must have length between 1 and {_MOST}")
    return [_insert(backend, each["Statement"], each.get("Parameters", [])) for each in statements]


def _insert(backend: DynamoDBBackend, statement: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Insert one item. A statement's error leaves the others alone."""
    insertion = _INSERTION.fullmatch(statement)
    names = re.findall(r"'(\w+)': \?", insertion[2]) if insertion else ()
    if not insertion or len(names) != len(parameters):
        return _error("ValidationError", f"no insertion that is known here: {statement}")
    if insertion[1] not in backend.tables:
        return _error("ResourceNotFound", "Requested resource not found")
    item = dict(zip(names, parameters, strict=True))
    table = backend.tables[insertion[1]]
    if table.get_item(*backend.get_keys_value(table, item)):
        return _error("DuplicateItem", "Duplicate primary key exists in table") | {"TableName": table.name}
    table.put_item(item)
    return {"TableName": table.name}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": message}}
