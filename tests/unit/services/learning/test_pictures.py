"""What the reports show: sums, sentences in both languages, and files."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.rules.learning.causes import Cause
from chalicelib.rules.learning.channels import WAYS
from chalicelib.services.help import missing
from chalicelib.services.learning.pictures import every, reading
from chalicelib.services.learning.pictures.picture import Picture
from chalicelib.services.learning.pictures.reading import Data
from tests.support.learning.reported import quarter
from tests.support.store.fakes import START, World

LAST = date(2026, 11, 22)


@pytest.fixture
def data(world: World) -> Data:
    quarter(world, LAST)
    return data_of(world)


def data_of(world: World, language: str = "en") -> Data:
    return reading.read(world.deps, world.shop, language, *reading.usual_days(START.date()))


def seen(data: Data, id: str) -> Picture:
    return every.PICTURES[id](data)


def column(picture: Picture, n: int) -> list[Any]:
    return [row[n] for row in picture.cells]


def test_the_usual_days_are_whole_weeks_that_are_over() -> None:
    since, until = reading.usual_days(START.date())
    assert (since.weekday(), until.weekday(), (until - since).days) == (0, 6, 83)
    assert until == LAST
    assert reading.usual_days(LAST)[1] == LAST - timedelta(days=7)


def test_a_wish_that_makes_no_sense_is_not_followed() -> None:
    today = START.date()
    senseless = (("", ""), ("yesterday", "x"), ("2026-11-20", "2026-11-01"), ("2026-11-01", "2026-11-31"))
    impossible = (("0001-01-01", "0001-01-05"), ("9999-12-30", "9999-12-31"), ("2026-12-24", "2027-01-06"))
    for since, until in (*senseless, *impossible):
        assert reading.asked_days(since, until, today) == reading.usual_days(today)
    assert reading.asked_days("2026-11-01", "2030-01-01", today) == (date(2026, 11, 1), today)
    first, last = reading.asked_days("2000-01-01", "2026-11-20", today)
    assert (last - first).days + 1 == reading.LONGEST


def test_sums_are_those_of_the_counts(data: Data, world: World) -> None:
    assert sum(column(seen(data, "promises"), 1)) == sum(kept for kept, _ in world.store.sla_counts.values())
    assert sum(column(seen(data, "promises"), 2)) == sum(missed for _, missed in world.store.sla_counts.values())
    kinds, orders = seen(data, "kinds"), seen(data, "orders")
    by = list(world.store.sla_tallies.values())
    assert sum(column(kinds, 2)) == sum(counts["missed complaint"] for counts in by)
    assert sum(column(orders, 2)) == sum(counts["missed order_dispatch"] for counts in by)
    tickets = sum(n for day in data.days.values() for name, n in day.items() if name.startswith("kind "))
    assert sum(column(seen(data, "contacts"), 1)) == tickets
    causes = sum(n for day in data.days.values() for name, n in day.items() if name.startswith("cause "))
    assert sum(column(seen(data, "causes"), 1)) == causes
    hours = sum(n for day in data.days.values() for name, n in day.items() if name.startswith("hour "))
    assert sum(int(cell.strip("*") or 0) for row in seen(data, "hours").rows for cell in row[1:]) == hours
    assert sum(column(seen(data, "ratings"), 2)) == 84


def test_contacts_by_channel(data: Data) -> None:
    """The channel by which most came is first; only where somebody waited there is a share of three minutes."""
    assert seen(data, "channels").rows == (
        ("Chat", "294", "294", "0", "100 %", "252", "210", "83 %"),
        ("Call back or missed call", "255", "252", "0", "100 %", "84", "42", "50 %"),
        ("Form", "182", "168", "14", "92 %", "–", "–", "–"),
        ("Email", "128", "126", "0", "100 %", "–", "–", "–"),
        ("WhatsApp", "28", "28", "0", "100 %", "–", "–", "–"),
    )


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_channel_has_its_name(world: World, language: str) -> None:
    store, shop = world.store, world.shop.id
    store.ticket_days[shop, LAST] = Counter({f"channel {way} in_time": 1 for way in WAYS})
    names = column(seen(data_of(world, language), "channels"), 0)
    assert len(set(names)) == len(WAYS)


def test_titles_say_what_the_numbers_say(data: Data) -> None:
    assert [seen(data, id).title for id in every.PICTURES] == [
        "97 per cent of 1,341 promises were kept; of the 39 missed, most (22) fell in the week of 19 Oct.",
        "97 per cent of 913 promises on tickets were kept; of the 31 missed, most (31) were on: Complaint.",
        "96 per cent of first answers came in time; 14 came late, and 2 are still owed.",
        "Chat leads with 294 of 887 contacts (33 per cent). 98 per cent of first answers came in time; 14 did not. Of "
        "336 who waited for a person, 252 were answered within three minutes (75 per cent).",
        "98 per cent of calls back were made as promised: 378 of 385. Of 84 who had called in vain, 42 were reached "
        "within three minutes (50 per cent).",
        "A person answered 546 of 714 calls within three minutes (76 per cent). The median wait of answered calls was "
        "20 seconds at most. 84 callers gave up.",
        "96 per cent of the chats that a person answered were answered in time: 294 of 306. Of all 331, 21 became "
        "messages.",
        "It arrived damaged · The courier leads with 420 of 563 contacts (75 per cent); 2 causes make 80 per cent.",
        "It arrived damaged · The courier cost €1,047.90 of €1,274.40 (82 per cent).",
        "€76.50 went to customers for what the matter had cost them, most for: It is late · Us; 39 promises were "
        "missed in these days.",
        "40 remedies were owed; most often Refund for It arrived damaged · The courier (21).",
        "21 remedies were owed for couriers' faults, 21 of them for SwiftParcel.",
        "The mean rating rose from 3.4 in Oct 2026 to 3.6 in Nov 2026 (84 ratings in all).",
        "26.1 contacts came for each hundred orders: 504 for 1,932 orders.",
        "59 per cent of 420 contacts came when nobody was there: 249.",
        "98 per cent of 428 promises about orders were kept; of the 8 missed, most (8) were: Order sent.",
        "43 per cent of 168 answers say that the article helped; withdraw helped least (67 times not).",
        "Write these 2 articles for the help; the one about “showroom” is needed most.",
        "13 times a record was needed after more than 30 days; the greatest age was up to 1 year.",
    ]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("id", every.PICTURES)
def test_every_picture_in_every_language_with_and_without_numbers(world: World, language: str, id: str) -> None:
    empty = seen(data_of(world, language), id)
    assert empty.title
    assert "{" not in empty.title + empty.description
    quarter(world, LAST)
    full = seen(data_of(world, language), id)
    assert full.cells
    assert full.title != empty.title
    assert "{" not in full.title + full.description
    assert all(len(row) == len(full.heads) for row in (*full.cells, *full.rows))
    assert len(full.shares) in (0, len(full.cells))


def test_one_of_everything(world: World) -> None:
    """Titles for a single ticket, promise, rating and remedy."""
    quarter(world, LAST, days=1)
    for language in ("en", "de"):
        for id in every.PICTURES:
            assert "{" not in seen(data_of(world, language), id).title


def test_what_lateness_cost_is_of_each_currency(world: World) -> None:
    store, shop = world.store, world.shop.id
    late, faulty = "late seller", "faulty manufacturer"
    store.ticket_days[shop, LAST] = Counter({f"expenses EUR {late}": 850, f"expenses GBP {faulty}": 1200})
    store.ticket_days[shop, LAST - timedelta(days=1)] = Counter({f"expenses EUR {late}": 500})
    shown = seen(data_of(world), "expenses")
    assert [each[1] for each in shown.rows] == ["€13.50", "£12.00"]
    assert shown.title.startswith("€13.50, £12.00 went to customers")


def test_a_file_has_plain_numbers(data: Data) -> None:
    text = every.as_csv(seen(data, "money")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[:2] == [["Cause", "Money", "Share"], ["It arrived damaged · The courier", "1047.90 EUR", "82 %"]]


def test_a_cell_of_a_file_is_no_formula(world: World) -> None:
    store, shop = world.store, world.shop.id
    store.ticket_days[shop, LAST] = Counter({"courier =HYPERLINK(1)": 2, "cause @sum(1) -": 1})
    for id, cell in (("couriers", "'=HYPERLINK(1)"), ("causes", "'@sum(1)")):
        picture = seen(data_of(world), id)
        line = list(csv.reader(io.StringIO(every.as_csv(picture).decode("utf-8-sig"))))[1]
        assert line[0] == cell
        assert picture.rows[0][0] == cell.removeprefix("'"), "the page shows it as it is"


def test_words_from_right_to_left_and_of_any_length_are_shown_whole(world: World) -> None:
    store, shop, word = world.store, world.shop.id, "معرض" * 40
    store.searched[shop, "en", "blinded"] = (9, 3, frozenset(range(5)), word)
    picture = seen(data_of(world), "gaps")
    assert picture.cells[0][0] == f"{word} (English)"
    assert word in picture.title
    assert f"{word[:20]}" in picture.svg
    assert f">{word} (English)<" not in picture.svg, "it is cut where there is no room"
    assert word in every.as_csv(picture).decode()


def test_an_hour_that_comes_twice_and_one_that_never_comes(world: World) -> None:
    """On 25 October 2026 0:30 and 1:30 UTC are both half past two in Berlin; on 29 March nobody has half past two."""
    store, shop = world.store, world.shop.id
    store.ticket_days[shop, date(2026, 10, 25)] = Counter({"call kept 00": 1, "call kept 01": 2})
    store.ticket_days[shop, date(2026, 3, 29)] = Counter({"call kept 00": 1, "call kept 01": 2})
    october, march = (
        reading.read(world.deps, world.shop, "en", day, day) for day in (date(2026, 10, 25), date(2026, 3, 29))
    )
    assert [row[:3] for row in seen(october, "calls").cells] == [("02", 3, 3)]
    assert [row[:3] for row in seen(march, "calls").cells] == [("01", 1, 1), ("02", 0, 0), ("03", 2, 2)]


def test_the_articles_to_write_are_those_of_the_digest(data: Data, world: World) -> None:
    assert list(data.gaps) == list(missing.gaps(world.deps, world.shop))
    assert list(seen(data, "gaps").cells) == [("showroom (English)", 9, 3), ("ausstellung (Deutsch)", 7, 0)]
    text = every.as_csv(seen(data, "gaps")).decode("utf-8-sig")
    assert text.splitlines()[1] == "showroom (English),9,3"


def test_hours_are_those_of_the_shops_clock(world: World) -> None:
    """20:00 UTC is 21:00 in Berlin in winter and 22:00 in summer, and 23:00 UTC is the next day."""
    store, shop = world.store, world.shop.id
    store.ticket_days[shop, date(2026, 11, 18)] = Counter({"hour 20": 2, "hour 23": 1})
    store.ticket_days[shop, date(2026, 9, 16)] = Counter({"hour 20": 1})
    rows = {row[0]: row[1:] for row in seen(data_of(world), "hours").rows}
    assert (rows["Wednesday"][21], rows["Wednesday"][22], rows["Thursday"][0]) == ("2*", "1*", "1*")


def test_a_topic_that_the_policy_has_no_more_keeps_its_name(world: World) -> None:
    store, shop = world.store, world.shop.id
    gone = Cause("gone", "seller")
    store.ticket_days[shop, LAST] = Counter({f"cause {' '.join(gone.parts)}": 1})
    assert column(seen(data_of(world), "causes"), 0) == ["gone · Us"]


def test_it_reads_a_bounded_number_of_items(world: World) -> None:
    before = len(world.store.requests)
    data_of(world)
    assert len(world.store.requests) - before == 2 + 2 * len(world.shop.languages)
