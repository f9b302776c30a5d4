"""What somebody gets at the desk who is not signed in (any more): the login page, and the words they had typed."""

from chalice.app import Request, Response

from chalicelib.errors import AftercareError
from chalicelib.rules.access import sessions
from chalicelib.rules.intake import submission
from chalicelib.services.actions.action_input import LONGEST_TEXT
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth

# The fields of the desk's forms that people write sentences in.
WORDS = ("text", "reason", "notes")
# Longer than any form takes, so that what was too long is not lost either.
LONGEST = 3 * LONGEST_TEXT


def answer(request: Request) -> Response:
    """The login page; where the request brought words from a page of ours, a page that gives them back."""
    typed = _typed(request) if request.method == "POST" else []
    if not typed:
        return auth.to_sign_in(request)
    language, return_to = auth.language(request), sessions.return_to(responses.here(request))
    return responses.page("desk/signed_out", status=401, shop=None, language=language, typed=typed, return_to=return_to)


def _typed(request: Request) -> list[str]:
    try:
        auth.from_our_page(request)
        fields = bodies.read(request).fields
    except AftercareError:
        return []
    found = (submission.clean(fields.get(name, "")[:LONGEST]) for name in WORDS)
    return [words for words in found if words.strip()]
