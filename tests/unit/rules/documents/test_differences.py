"""What changed between two texts, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.documents.differences import Change, Paragraph, differences

WORDS = st.lists(st.sampled_from(["we", "deliver", "lamps", "to", "Germany", "Austria", "\n\n", "\n- "]), max_size=30)


def shown(paragraphs: tuple[Paragraph, ...]) -> list[str]:
    marks = {Change.KEPT: "", Change.ADDED: "+", Change.REMOVED: "-"}
    return ["".join(f"{marks[w.change]}{w.text}{marks[w.change]}" for w in paragraph) for paragraph in paragraphs]


def test_only_changed_paragraphs_are_shown_and_in_them_the_changed_words() -> None:
    before = "# Terms\n\nYou pay by card.\n\n- We deliver to Germany.\n- We are kind.\n"
    after = "# Terms\n\nYou pay by card.\n\n- We deliver to Austria.\n- We are kind.\n"
    assert shown(differences(before, after)) == ["- We deliver to -Germany.-+Austria.+"]


def test_new_and_gone_paragraphs_are_shown_whole() -> None:
    assert shown(differences("One.\n\nTwo.", "One.\n\nTwo.\n\nThree.")) == ["+Three.+"]
    assert shown(differences("One.\n\nTwo.\n\nThree.", "One.\n\nThree.")) == ["-Two.-"]


def test_lines_broken_elsewhere_are_no_change() -> None:
    assert differences("We deliver\nto Germany.\n", "We deliver to\nGermany.\n") == ()


@given(WORDS, WORDS)
def test_no_word_is_lost_and_none_invented(old: list[str], new: list[str]) -> None:
    before, after = " ".join(old), " ".join(new)
    found = [words for paragraph in differences(before, after) for words in paragraph]
    removed = [w for words in found if words.change is not Change.ADDED for w in words.text.split()]
    added = [w for words in found if words.change is not Change.REMOVED for w in words.text.split()]
    was, now = before.split(), after.split()
    assert sorted(was) == sorted(removed + _rest(was, removed))
    assert sorted(now) == sorted(added + _rest(now, added))
    assert sorted(_rest(was, removed)) == sorted(_rest(now, added)), "what is not shown is the same in both"


def _rest(every: list[str], shown: list[str]) -> list[str]:
    left = list(every)
    for word in shown:
        left.remove(word)
    return left


@given(WORDS)
def test_a_text_does_not_differ_from_itself(words: list[str]) -> None:
    assert differences(" ".join(words), " ".join(words)) == ()
