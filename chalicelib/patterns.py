"""Regular expressions that are compiled when they are first used. Compiling all of them took a sixth of the time
until a function's first answer, and one event needs few (decision 174)."""

import re
from typing import Any, AnyStr, cast

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split")


class Later:
    """Stands for an re.Pattern. Its methods are the pattern's own after the first use, so that they are as fast."""

    def __init__(self, regex: Any, flags: int) -> None:
        self.pattern = regex
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self.flags)
        vars(self).update((method, getattr(compiled, method)) for method in _METHODS)
        return getattr(compiled, name)


def pattern(regex: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Like re.compile, but a mistake shows at the first use; tests/unit/test_patterns.py uses each."""
    return cast("re.Pattern[AnyStr]", Later(regex, flags))
