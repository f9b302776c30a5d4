"""What a person does on an order's pages: choose about a line, correct an address. Each press of a button counts once
(decision 196)."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.submission import one_line
from chalicelib.rules.orders import addresses, choices
from chalicelib.rules.orders.basket import PostalAddress
from chalicelib.rules.orders.order import Choice, Order, Serial
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.services.orders.commits import change
from chalicelib.services.ports.deps import Deps

FIELDS = tuple(field.name for field in fields(PostalAddress))
"""The fields of an address."""
LONGEST = 100
_REQUIRED = ("name", "street", "postcode", "city", "country")
_PRESSES = 20


def choose(deps: Deps, order: Order, line: str, choice: Choice, sku: str, press: str) -> Order:
    """The order after the customer's choice for a line (by id). `press`: the id of the button's nonce. Raises NotOpen,
    and InvalidFields if that button was pressed for another choice before."""
    return _pressed(deps, order, press, lambda order, context: choices.choose(order, line, choice, sku, context))


def correct(deps: Deps, order: Order, wanted: PostalAddress, press: str) -> Order:
    """The order after the customer asked for another delivery address. Raises as `choose` does."""
    return _pressed(deps, order, press, lambda order, context: addresses.corrected(order, wanted, context))


def note_serial(deps: Deps, order: Order, line: str, number: str, press: str) -> Order:
    """The order after the customer noted a line's serial number; "" removes it. Raises as `choose` does, and
    InvalidFields for a number that is too long."""
    number = one_line(number)
    if len(number) > LONGEST:
        raise InvalidFields({"serial_number": "too_long"})

    def noted(order: Order, context: RuleContext) -> Order:
        others = tuple(serial for serial in order.serials if serial.line != line)
        after = (*others, Serial(line, number)) if number else others
        return order if after == order.serials else replace(order, serials=after, version=order.version + 1)

    return _pressed(deps, order, press, noted)


def read_address(given: Mapping[str, str]) -> PostalAddress:
    """The address in these fields. Raises InvalidFields with a code for each that is missing or too long."""
    typed = {name: one_line(given.get(name, "")) for name in FIELDS}
    faults = {name: "missing" for name in _REQUIRED if not typed[name]}
    faults |= {name: "too_long" for name in FIELDS if len(typed[name]) > LONGEST}
    country = typed["country"].upper()
    if "country" not in faults and not (len(country) == 2 and country.isascii() and country.isalpha()):
        faults["country"] = "unknown"
    if faults:
        raise InvalidFields({name: faults[name] for name in FIELDS if name in faults})
    return PostalAddress(**typed | {"country": country})


def _pressed(deps: Deps, order: Order, press: str, rule: Callable[[Order, RuleContext], Order]) -> Order:
    def once(order: Order, context: RuleContext) -> Order:
        after = rule(order, context)
        if after is order:
            return order
        if press in order.presses:
            raise InvalidFields({"nonce": "press_again"})
        return replace(after, presses=(*order.presses, press)[-_PRESSES:])

    return change(deps, order, once)
