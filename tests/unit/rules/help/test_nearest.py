"""Questions compared with questions whose article is known."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.external.stemming import stemmer
from chalicelib.rules.help import building
from chalicelib.rules.help.building import Text, Vocabulary
from chalicelib.rules.help.nearest import NO_ARTICLE, examples, near
from chalicelib.rules.help.searching import among, search
from chalicelib.rules.help.words import words

CUT = stemmer("en")
KNOWN = [
    (0, "it says delivered and there is nothing"),
    (0, "the neighbours have not got it"),
    (1, "it goes on and off all the time"),
    (NO_ARTICLE, "what is the weather like"),
]
EXAMPLES = examples(KNOWN, "en", CUT)
QUESTIONS = st.lists(
    st.sampled_from(["it", "says", "nothing", "weather", "neighbour", "delivrd", "off", "zebra", "is", "like"]),
    max_size=12,
).map(" ".join)


def nearest(question: str) -> int | None:
    found = near(EXAMPLES, words(question, "en"), CUT)
    return max(found, key=lambda place: found[place]) if found else None


def test_words_that_say_nothing_by_themselves_say_something_together() -> None:
    assert nearest("it goes off and on") == 1
    assert nearest("says delivered, nothing there") == 0


def test_slips_and_other_endings_are_near() -> None:
    assert nearest("a neigbour has it") == 0
    assert nearest("deliverd") == 0
    assert nearest("wether") == NO_ARTICLE


def test_what_shares_nothing_is_near_to_nothing() -> None:
    assert near(EXAMPLES, ["zzz"], CUT) == {}
    assert near(EXAMPLES, [], CUT) == {}
    assert near(examples([], "en", CUT), ["lamp"], CUT) == {}


@given(QUESTIONS)
def test_it_is_never_nearer_than_the_same(question: str) -> None:
    for place, value in near(EXAMPLES, list(words(question, "en")), CUT).items():
        of_place = sum(place == of for of, _ in KNOWN)
        assert 0 < value <= min(of_place, 3) + 0.001


@given(st.permutations(KNOWN), QUESTIONS)
def test_their_order_changes_nothing(other: list[tuple[int, str]], question: str) -> None:
    asked = list(words(question, "en"))
    one, two = near(EXAMPLES, asked, CUT), near(examples(other, "en", CUT), asked, CUT)
    assert {place: round(value, 6) for place, value in one.items()} == {
        place: round(value, 6) for place, value in two.items()
    }


TEXTS = [
    Text("late", "My parcel is late", ("delayed",), (), "We ask.", ("still nothing in the post",)),
    Text("bulb", "Which bulb fits?", ("socket",), (), "See the label.", ("what do I screw in there",)),
    *(Text(f"rest-{n}", f"Another matter {n}", (), (), "It is told elsewhere.") for n in range(9)),
]


def found(question: str, *elsewhere: str) -> list[str]:
    vocabulary = Vocabulary(("the", "is", "in", "do", "i", "what", "there"), (), (), elsewhere)
    index = building.build(TEXTS, "en", CUT, vocabulary)
    return [hit.slug for hit in search(index, CUT, question, 3)]


def test_an_article_is_found_by_what_it_is_known_to_answer() -> None:
    assert found("nothing in the post still") == ["late"]
    assert found("what screw there?") == ["bulb"]


def test_what_no_article_answers_is_told_by_examples() -> None:
    assert found("is the post office late today") == ["late"]
    assert found("is the post office late today", "is the post office open late") == []


def test_a_size_asks_for_nothing() -> None:
    assert found("parcel 60cm 2nd late") == ["late"]


def test_texts_that_are_no_articles_are_found_by_enough_of_what_is_asked() -> None:
    index = building.build(TEXTS, "en", CUT, Vocabulary(("is", "the", "it"), (("dim", "darker"),)))
    said = ("Lamp Ada. Can it be dimmed? Yes.", "Lamp Bea. Is it heavy? Five kilograms.")
    texts = [{index.stem(CUT, word) for word in words(each, "en")} for each in said]
    assert among(index, CUT, "is the Ada dimmed", texts, 3) == (0,)
    assert among(index, CUT, "kilogram", texts, 3) == (1,)
    assert among(index, CUT, "Ada tulips and giraffes", texts, 3) == ()
    assert among(index, CUT, "is it the", texts, 3) == ()
    assert among(index, CUT, "lamp", texts, 1) == (0,)


def test_an_unknown_word_does_not_outweigh_all_others_in_a_small_help_centre() -> None:
    for number in (5, 36, 500):
        made = building.build([Text(f"{n}", "Lamp", (), (), "") for n in range(number)], "en", CUT, Vocabulary((), ()))
        assert made.rare < made.rarity_of(0) <= 1.4 * made.rare
        assert made.rarity_of(1) == made.rarity_of(3) >= made.rarity_of(4)
