"""A restored ticket whose files were deleted since says so, once."""

from chalicelib.rules.tickets.messages import Visibility
from deploy.restoring import files
from tests.support import records
from tests.support.scenarios import JON, WILMA, Life
from tests.support.store.fakes import world as new_world


def test_a_ticket_that_names_files_that_are_gone_gets_one_note_for_agents() -> None:
    world = new_world(limits_on=False)
    life = Life(world)
    life.do("form", WILMA, 0, 0)
    life.do("mail", JON, 0, 0)
    whole, lacking = world.store.tickets
    assert files.note_missing(world.deps, [whole, lacking, "NL-00000-00000"]) == []
    for key in [key for key in world.files.kept if key.startswith(f"tickets/{lacking}/")]:
        del world.files.kept[key]
    for _ in range(2):
        assert files.note_missing(world.deps, [whole, lacking]) == [lacking]
    assert records.messages_of(world, whole) == []
    (note,) = records.messages_of(world, lacking)
    assert note.visibility is Visibility.INTERNAL
    assert note.text.splitlines()[1:] == [f"- {JON.word}.pdf", "- an original mail"]
