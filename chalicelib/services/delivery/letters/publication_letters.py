"""What the mails about publishing a question and its answer contain."""

from typing import Any
from urllib.parse import quote

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.products import facts
from chalicelib.services.tickets import links


def about(deps: Deps, shop: Shop, ticket: Ticket) -> dict[str, Any]:
    """The publication that the ticket has now: a link in an older mail leads to it, too."""
    known = ticket.publication
    if known is None:
        raise ValueError("the ticket has no publication")
    product = facts.product(deps, shop.id, known.sku)
    return {
        "publication": {
            "product": product.name if product else known.sku,
            "question": known.question,
            "answer": known.answer,
            "url": links.publication_url(deps, ticket, known),
            "page_url": page_url(deps, shop, known.sku, known.language),
        }
    }


def page_url(deps: Deps, shop: Shop, sku: str, language: str) -> str:
    """The product's page, as anybody can open it."""
    return f"{deps.public_url}/shops/{shop.id}/products/{quote(sku, safe='')}?lang={language}"
