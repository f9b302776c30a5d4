"""web.paths names a view for each path; web.routing imports its module at once, or on Lambda with its first request."""

import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.web import routing
from chalicelib.web.routing import Routes

ROOT = Path(__file__).parents[3]
ALONE = """
import sys
from chalicelib.web import paths, routing
from app import app
view = "chalicelib.web.help.pages"
before = view in sys.modules
routing.Routes("a").at("GET", "/b", "help.nowhere.show")
app.routes["/shops/{shop}/help"]["GET"]
print(before, view in sys.modules)
"""


@pytest.mark.parametrize("view", ["help.pages.nothing", "help.nowhere.show", "nothing"])
def test_a_view_that_does_not_exist_fails_where_all_functions_run(view: str) -> None:
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        Routes("probe").at("GET", "/probe", view)


def test_on_lambda_no_view_is_imported_before_its_first_request() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE], env={"_HANDLER": "app.app"}, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_the_first_request_imports_it() -> None:
    from chalicelib.web.help import pages

    assert routing.named("help.pages.show") is pages.show
