"""Whether a question is put like those that are answered."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.external.stemming import stemmer
from chalicelib.rules.help import building, index
from chalicelib.rules.help.building import Text, Vocabulary
from chalicelib.rules.help.leaning import Sight, leaning, leans

CUT = stemmer("en")
SIGHT = Sight(
    CUT, frozenset({"is", "the", "my", "how", "do", "i", "where", "in"}), frozenset({"pizza", "zebra", "radio"})
)
ANSWERED = [["where", "is", "my", "parcel"], ["where", "is", "my", "refund"], ["how", "do", "i", "return", "it"]]
OTHER = [["is", "the", "shade", "heavy"], ["is", "the", "cord", "black"], ["where", "is", "my", "pizza"]]
KNOWN = leaning(ANSWERED, OTHER, SIGHT)
WORDS = st.lists(st.sampled_from(["where", "is", "my", "the", "parcel", "pizza", "lamp", "7", "unheard"]), max_size=40)


def test_how_a_question_is_put_counts_whatever_it_is_about() -> None:
    assert leans(KNOWN, ["where", "is", "my", "invoice"], SIGHT) > 0
    assert leans(KNOWN, ["is", "the", "parcel", "green"], SIGHT) < 0


def test_another_thing_that_is_other_peoples_business_counts_like_the_known_one() -> None:
    pizza, zebra, kettle = (leans(KNOWN, ["where", "is", "my", thing], SIGHT) for thing in ("pizza", "zebra", "kettle"))
    assert pizza == zebra < kettle


def test_a_long_word_with_such_a_thing_is_one() -> None:
    assert SIGHT.word("pizzabestellung") == SIGHT.word("autoradio") == SIGHT.word("zebra")
    assert SIGHT.word("radios") == SIGHT.word("radio") != SIGHT.word("lamp")


def test_without_questions_of_both_kinds_nothing_leans() -> None:
    assert leaning(ANSWERED, [], SIGHT) == leaning([], OTHER, SIGHT) == {}
    assert leans({}, ["where"], SIGHT) == leans(KNOWN, [], SIGHT) == 0


@given(st.permutations(ANSWERED), st.permutations(OTHER), WORDS)
def test_the_order_of_what_is_known_changes_nothing(
    answered: list[list[str]], other: list[list[str]], words: list[str]
) -> None:
    assert leans(leaning(answered, other, SIGHT), words, SIGHT) == leans(KNOWN, words, SIGHT)


def test_a_stored_index_leans_as_before() -> None:
    texts = [Text("late", "My parcel is late", (), (), "We ask.", ("where is my parcel", "where is my lamp"))]
    vocabulary = Vocabulary(("is", "my"), (), (), ("is the lamp heavy",), ("pizza", "parcel"), ("where is my tea",))
    made = building.build(texts, "en", CUT, vocabulary)
    stored = index.read(index.written(made))
    assert stored
    assert stored.leaning == made.leaning != {}
    assert stored.things == made.things == frozenset({"pizza"})
