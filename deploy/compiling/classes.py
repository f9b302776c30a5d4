"""Writes the code of the dataclasses' methods compiled, so that no cold start compiles it. Packaging runs this file in
the folder with app.py: it imports everything there and keeps what dataclasses executes (chalicelib.cold_start)."""

import dataclasses
import importlib
import marshal
import pkgutil
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any


def write(file: Path) -> None:
    compiled = dict[str, bytes]()

    def keep(source: str, names: dict[str, Any], made: dict[str, Any]) -> None:
        code = compile(source, "<string>", "exec")
        compiled[source] = marshal.dumps(code)
        exec(code, names, made)

    vars(dataclasses)["exec"] = keep
    importlib.import_module("app")
    for module in pkgutil.walk_packages(importlib.import_module("chalicelib").__path__, "chalicelib."):
        importlib.import_module(module.name)
    file.write_bytes(marshal.dumps((MAGIC_NUMBER, compiled)))


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    write(Path(sys.argv[1]))
