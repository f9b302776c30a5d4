"""Reports at the desk, for everybody who is signed in; and each picture's table as a file."""

from chalice.app import Request, Response

from chalicelib.errors import UnknownFile
from chalicelib.services.desk.learning import reports_view
from chalicelib.web import responses
from chalicelib.web.access import auth
from chalicelib.wiring import deps


def show(request: Request) -> Response:
    signed, query = auth.agent(request), responses.query(request)
    view = reports_view.view(deps(), signed.shops, query, signed.language, responses.root())
    return auth.page(
        signed,
        "desk/reports",
        active="reports",
        view=view,
    )


def download(request: Request, picture: str) -> Response:
    """The picture's table as CSV. Raises UnknownFile."""
    from chalicelib.services.learning.pictures.every import PICTURES, as_csv

    signed = auth.agent(request)
    if picture not in PICTURES:
        raise UnknownFile(picture)
    data = reports_view.asked(deps(), signed.shops, responses.query(request), signed.language)
    name = f"{data.shop.id}-{picture}-{data.since}-{data.until}.csv"
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return responses.answer(as_csv(PICTURES[picture](data)).decode(), 200, headers)
