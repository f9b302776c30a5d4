"""What is rehearsed besides the guide's own commands, because the guide can't spell it out: an update to newer code,
going back to the code before, and a deployment with a restored table."""

from local.rehearsal.guide import Step

AFTER = "Updating"
"""The heading of the guide after whose last step this is typed."""
RESTORED = "aftercare-prod-restored"
UPDATE, BACK, RESTORE = "an update to newer code", "back to the code before", "a restored table"
_DEPLOY = "make deploy STAGE=prod\n"
_SMOKE = "make smoke STAGE=prod\n"
STEPS = (
    Step(UPDATE, f"echo 'NEWER = True' > chalicelib/__init__.py\n{_DEPLOY}{_SMOKE}"),
    Step(BACK, f": > chalicelib/__init__.py\n{_DEPLOY}{_SMOKE}"),
    # docs/restoring.md, steps 3, 5 and 6. The form's mails leave only by the restored table's stream.
    Step(
        RESTORE,
        f".venv/bin/python -m deploy.restore --stack aftercare-prod --table {RESTORED} "
        '--at "$(date -u +%Y-%m-%dT%H:%MZ)" > restored.txt\n'
        "cat restored.txt\n"
        "sed -n 's/^\\(Restored[A-Za-z]*\\)=\\(.*\\)$/\\1 = \"\\2\"/p' restored.txt >> stages/prod.toml\n"
        f"{_DEPLOY}{_SMOKE}",
    ),
)


def among(steps: list[Step]) -> list[Step]:
    """The guide's steps with these among them."""
    last = max((place for place, step in enumerate(steps) if step.heading == AFTER), default=-1)
    return [*steps[: last + 1], *STEPS, *steps[last + 1 :]] if last >= 0 else steps
