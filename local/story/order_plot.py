"""The plot of an order: something is out of stock, a parcel is late, another one is not heard of, and one bulb goes
back. Each step states its expected result: the mails, their recipients, and the day of the next word.

It begins on a Monday in March 2027, before Good Friday and Easter Monday.
"""

from local.story.acts import ADA
from local.story.order_acts import OrderStep, chooses, happens, places, waits
from local.story.words import MIRA

NUMBER = "204711"
_ADDRESS = {"name": "Mira Holm", "street": "Ahornweg 3", "postcode": "10999", "city": "Berlin", "country": "DE"}
_ORDER = {
    "currency": "EUR",
    "lines": [
        {"id": "1", "sku": "AURORA", "name": "Floor lamp Aurora", "quantity": 1, "unit_price": "189.00",
         "total": "170.00"},
        {"id": "2", "sku": "E27-8W", "name": "LED bulb E27, 8 W", "quantity": 3, "unit_price": "7.95"},
    ],
    "costs": [{"label": "SwiftParcel", "amount": "4.90"}],
    "tax": "31.73",
    "tax_within_prices": True,
    "total": "198.75",
    "customer": {"name": "Mira Holm", "email": MIRA, "language": "en"},
    "delivery_address": _ADDRESS,
    "billing_address": _ADDRESS,
    "delivery_by": "SwiftParcel",
    "payment": "Credit card",
}  # fmt: skip
_ALTERNATIVE = {"sku": "E27-9W", "name": "LED bulb E27, 9 W", "unit_price": "7.95"}
_LAMP = {"id": "P-1", "carrier": "DHL", "tracking_number": "00340434161094000004",
         "lines": [{"line": "1", "quantity": 1}]}  # fmt: skip
_BULBS = {"id": "P-2", "carrier": "DHL", "tracking_number": "00340434161094000011",
          "lines": [{"line": "2", "quantity": 3}]}  # fmt: skip

STEPS = (
    OrderStep(
        "2027-03-15 09:12", "Mira Holm orders in the shop. Its system says so, and she has her confirmation at once.",
        places(**_ORDER), "2027-03-22", ((MIRA, "is confirmed"),),
    ),
    OrderStep(
        "2027-03-15 09:14", "Her payment has come. That is noted and makes no mail.",
        happens("order.paid"), "2027-03-22",
    ),
    OrderStep(
        "2027-03-15 13:40", "The warehouse has no such bulbs, but brighter ones. Mira is asked what she would like.",
        happens("line.out_of_stock", currency="EUR", line="2", expected="2027-04-09", alternatives=[_ALTERNATIVE]),
        "2027-03-22", ((MIRA, "is out of stock"),),
    ),
    OrderStep(
        "2027-03-16 10:05", "She takes the brighter ones, on the page of her order. Ada Lindqvist hears what to do.",
        chooses(MIRA, "is out of stock", "alternative-0"), "2027-03-23",
        ((MIRA, "Your choice"), (ADA, "Order")),
    ),
    OrderStep(
        "2027-03-16 11:30", "Ada changes it in the shop's system, which says so: her task is done.",
        happens("line.substituted", currency="EUR", line="2", quantity=3, substitute=_ALTERNATIVE), "2027-03-23",
    ),
    OrderStep(
        "2027-03-16 13:45", "All should leave within two working days: four working hours before, Ada is warned.",
        waits, "2027-03-23", ((ADA, "Order"),),
    ),
    OrderStep(
        "2027-03-16 16:20", "The lamp leaves the house. Mira hears what is still to come.",
        happens("shipment.sent", parcel=_LAMP), "2027-03-23", ((MIRA, "A part of your order"),),
    ),
    OrderStep(
        "2027-03-17 09:15", "The bulbs did not leave in time. Ada hears of it, and Mira is told that we are late.",
        waits, "2027-03-24", ((MIRA, "How far"), (ADA, "Order")),
    ),
    OrderStep(
        "2027-03-17 15:30", "The bulbs leave the house. That was everything.",
        happens("shipment.sent", parcel=_BULBS), "2027-03-24", ((MIRA, "is on its way"),),
    ),
    OrderStep(
        "2027-03-19 11:30", "The lamp is delivered.",
        happens("shipment.delivered", parcel=_LAMP), "2027-03-24",
    ),
    OrderStep(
        "2027-03-24 15:35",
        "Nobody has heard of the bulbs since. This is the day that the last letter named: Mira gets a word that names "
        "the next day, after Good Friday and Easter Monday. Ada has to look into it.",
        waits, "2027-04-02", ((MIRA, "How far"), (ADA, "Order")),
    ),
    OrderStep(
        "2027-03-30 12:10", "The bulbs are delivered too.",
        happens("shipment.delivered", parcel=_BULBS), "", ((MIRA, "has been delivered"),),
    ),
    OrderStep(
        "2027-04-06 14:00", "Mira has sent one bulb back, and it has come.",
        happens("return.received", lines=[{"line": "2", "quantity": 1}]), "",
    ),
    OrderStep(
        "2027-04-07 09:00", "She gets her money back, and the letter says how much.",
        happens("refund.made", currency="EUR",
                refund={"id": "R-1", "amount": "7.95", "lines": [{"line": "2", "quantity": 1}]}),
        "", ((MIRA, "Your refund"),),
    ),
    OrderStep(
        "2027-05-07 09:00", "Everything is done. Nobody writes to her about it any more.",
        waits, "",
    ),
)  # fmt: skip
