"""Which searches are counted."""

from chalicelib.rules.help.gaps import COUNTED_A_DAY, ENOUGH_VISITORS
from chalicelib.services.help import counting
from tests.support.store.fakes import World


def test_one_source_cannot_fill_the_counts(world: World) -> None:
    """It is answered all the same; and nobody else's searches are left out for it."""
    for number in range(3 * COUNTED_A_DAY):
        counting.in_vain(
            world.deps, world.shop, "en", f"zq{'abcdefghij'[number % 10]}xw{chr(97 + number // 10)}", "10.0.0.1"
        )
    assert len(world.store.searched) == COUNTED_A_DAY
    for visitor in range(1, 1 + ENOUGH_VISITORS):
        counting.in_vain(world.deps, world.shop, "en", "showroom", f"10.1.{visitor}.1")
    assert [gap.word for gap in world.store.gaps("northlight", "en")] == ["showroom"]
