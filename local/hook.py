"""Posts an event to the running stack, signed as its source signs it: `python -m local hook SOURCE FILE`."""

from chalicelib.rules.events.sources import Source


def topic_of(source: Source, name: str) -> str:
    """The topic that the name of a file says: orders_create is orders/create, order_updated_tracking is
    order.updated."""
    first, _, rest = name.partition("_")
    match source:
        case Source.SHOPIFY:
            return f"{first}/{rest}"
        case Source.WOOCOMMERCE:
            return f"{first}.{rest.partition('_')[0]}"
        case _:
            return ""
