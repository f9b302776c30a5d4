"""No batch is larger than a transaction, and no item is left out."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.privacy.batches import batches
from tests.support import samples

A_REPLY = samples.message_of(samples.reply(samples.ticket()))
LONG = 64 * 1024


@given(st.lists(st.sampled_from([0, 1, 1000, LONG // 2, LONG]), max_size=400))
def test_batches_contain_everything_in_order(sizes: list[int]) -> None:
    messages = [replace(A_REPLY, id=str(number), text="x" * size) for number, size in enumerate(sizes)]
    made = list(batches(messages))
    assert [message for batch in made for message in batch] == messages
    for batch in made:
        assert 0 < len(batch) <= 90
        assert sum(len(message.text) for message in batch) <= 3_000_000


def test_characters_count_as_their_utf_8_bytes() -> None:
    assert len(list(batches([replace(A_REPLY, text="ü" * 32_000)] * 60))) == 2
    assert len(list(batches([replace(A_REPLY, text="u" * 32_000)] * 60))) == 1
