"""Who posts a form, as far as a request says."""

from typing import TYPE_CHECKING

from chalice.app import Request

from chalicelib.rules.intake.submission import LONGEST
from chalicelib.web import responses
from chalicelib.web.bodies import Form

if TYPE_CHECKING:
    from chalicelib.services.intake.submitting import Caller


def caller(request: Request, form: Form) -> "Caller":
    from chalicelib.services.intake.submitting import Caller  # pages with a form are shown without it

    return Caller(
        address=responses.source_address(request),
        key=request.headers.get("idempotency-key", "")[: LONGEST["submission_id"]],
        submission_id=form.fields.get("submission_id", "")[: LONGEST["submission_id"]],
        trap=form.fields.get("further_details", ""),
        form_token=form.fields.get("form_token", ""),
    )
