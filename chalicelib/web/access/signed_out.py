"""The desk's answer to a request without a valid session: the login page, or the words that the agent had typed."""

from chalice.app import Request, Response

from chalicelib.errors import AftercareError
from chalicelib.rules.access import sessions
from chalicelib.rules.intake import submission
from chalicelib.services.tickets.answers.drafts import LONGEST_TEXT
from chalicelib.web import bodies, responses
from chalicelib.web.access import auth

# Fields of the desk's forms in which people write sentences.
WORDS = ("text", "reason", "notes")
# Longer than any form accepts, so that a text that is too long is not lost either.
LONGEST = 3 * LONGEST_TEXT


def answer(request: Request) -> Response:
    """The login page. If the request has words from one of our forms, a page that gives them back to the agent."""
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
