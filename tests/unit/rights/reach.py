"""Which methods of the ports each function's code can reach, read from the source: names used in a function lead to
their definitions, in any module. So a test can check that the scenes call all of them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from chalicelib.aws.bells import BellTopic, Sockets
from chalicelib.aws.files import Files
from chalicelib.aws.hooks import RawHooks
from chalicelib.aws.mail_account import MailAccount
from chalicelib.aws.mailer import Mailer
from chalicelib.aws.queue import HookQueue, MailQueue
from chalicelib.aws.texts import TextMessages
from tests.support.store import whole

ROOT = Path(__file__).parents[3]
PORTS: dict[str, type] = {
    **dict(zip(whole.PORTS, whole.WholeStore.__bases__, strict=True)),
    "files": Files,
    "queue": MailQueue,
    "raw_hooks": RawHooks,
    "hook_queue": HookQueue,
    "mailer": Mailer,
    "texts": TextMessages,
    "ringing": BellTopic,
    "sockets": Sockets,
    "mail_account": MailAccount,
}
# What a change has besides tickets and messages, and the key it is stored under.
CHANGES = {"sla_counts": "SLA", "sent": "SENT"}
WEB = "chalicelib.web."
# Other functions than the web's run these.
NOT_THE_WEBS = f"{WEB}bells.sockets."

Used = tuple[str, str]
"""A port and its method; or "change" and what it has."""


@cache
def methods(kind: type) -> set[str]:
    """The methods that a port offers."""
    return {name for each in kind.__mro__[:-1] for name in vars(each) if not name.startswith("_")}


@cache
def reached(function: str) -> dict[Used, str]:
    """The methods that the function can reach, each with its place in the code."""
    named = [f"app.{function}"]
    if function == "api_handler":
        named = [name for name in _nodes() if name.startswith(WEB) and not name.startswith(NOT_THE_WEBS)]
    seen, found, left = set[str](), dict[Used, str](), named
    while left:
        name = left.pop()
        if name not in seen and name in _nodes():
            seen.add(name)
            leads_to, uses = _read(name)
            found |= {use: name for use in uses if use not in found}
            left += leads_to
    return found


@cache
def _modules() -> dict[str, ast.Module]:
    # Reading mail is pure (tests/test_architecture.py): it reaches no port.
    files = [file for file in sorted((ROOT / "chalicelib").rglob("*.py")) if "mail" not in file.parts]
    files.append(ROOT / "app.py")
    names = {file: ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files}
    return {name: ast.parse(file.read_text(encoding="utf-8")) for file, name in names.items()}


@cache
def _nodes() -> dict[str, ast.AST]:
    """Everything with a name at the top level of a module: functions, classes, values."""
    return {f"{module}.{name}": node for module, tree in _modules().items() for name, node in _named(tree)}


def _named(tree: ast.Module | ast.If) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        match node:
            case ast.If():  # a section of app.py
                yield from _named(node)
            case ast.FunctionDef() | ast.ClassDef():
                yield node.name, node
            case ast.Assign(targets=targets, value=value):
                yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value


@cache
def _known(module: str) -> dict[str, str]:
    """The meaning of names in a module, as full names."""
    known = {name: f"{module}.{name}" for name, _ in _named(_modules()[module])}
    for node in ast.walk(_modules()[module]):
        if isinstance(node, ast.ImportFrom) and node.module:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


@cache
def _read(name: str) -> tuple[list[str], list[Used]]:
    """The names to which a definition leads, and the methods that it uses itself."""
    module = name.rpartition(".")[0]
    leads_to, uses = list[str](), list[Used]()
    for node in ast.walk(_nodes()[name]):
        match node:
            case ast.Attribute(value=ast.Attribute(attr=port), attr=method) if method in methods(
                PORTS.get(port, object)
            ):
                uses.append((port, method))
            case ast.Attribute(value=ast.Name(id=of), attr=attribute) if of in _known(module):
                leads_to.append(f"{_known(module)[of]}.{attribute}")
            case ast.keyword(arg=str(part)) if part in CHANGES and module.startswith("chalicelib.rules."):
                uses.append(("change", part))
            case ast.Name(id=other) if other in _known(module):
                leads_to.append(_known(module)[other])
    return leads_to, uses
