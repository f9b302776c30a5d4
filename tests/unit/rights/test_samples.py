"""docs/samples: who may press Test on which function. Each sample allows what docs/operations.md says of it, for one
stack only, and every function is in a sample or said to be nobody's."""

import json
import re
from pathlib import Path

import pytest

from deploy import own_rights
from tests.unit.rights import iam, policies
from tests.unit.rights.iam import Call, Policy

DOCS = Path(__file__).parents[3] / "docs"
SECTION = (
    (DOCS / "operations.md").read_text(encoding="utf-8").partition("## Who may press Test\n")[2].partition("\n## ")[0]
)
ROWS = re.findall(r"^\| \[[^\]]+\]\(samples/([\w-]+)\.json\) \| (.+?) \|", SECTION, re.MULTILINE)
TOLD = {name: set(re.findall(r"`(\w+)`", functions)) for name, functions in ROWS}
NOBODYS = set(re.findall(r"`(\w+)`", SECTION.partition("**Nobody:**")[2].partition("\n\n")[0]))
SAMPLES = {
    file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((DOCS / "samples").glob("*.json"))
}
STACK, REGION, ACCOUNT = "aftercare-prod", "eu-central-1", "123456789012"
# The most characters of a function's name, and how many CloudFormation adds to what it makes from stack and resource.
LONGEST, ADDED = 64, len("-") + 12


def policy(sample: str) -> Policy:
    return iam.read(SAMPLES[sample]["Statement"])


def invoked(function: str, stack: str = STACK, region: str = REGION, account: str = ACCOUNT) -> Call:
    """The call when somebody presses Test, with the name that CloudFormation gives the function."""
    name = f"{stack}-{own_rights.logical(function)}-1A2B3C4D5E6F"
    return Call("lambda:InvokeFunction", f"arn:aws:lambda:{region}:{account}:function:{name}")


def allowed(sample: str, **where: str) -> set[str]:
    return {each for each in policies.functions() if iam.allowed(policy(sample), invoked(each, **where))}


def test_the_document_names_every_sample() -> None:
    assert set(TOLD) == set(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_allows_what_is_said_of_it(sample: str) -> None:
    assert allowed(sample) == TOLD[sample]


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(
    "where",
    [{"stack": "aftercare-staging"}, {"stack": "aftercare-prod-2"}, {"region": "eu-west-1"}, {"account": "9" * 12}],
)
def test_it_is_for_one_stack_only(sample: str, where: dict[str, str]) -> None:
    assert allowed(sample, **where) == set()


@pytest.mark.parametrize("sample", SAMPLES)
def test_it_changes_nothing_and_reads_no_records(sample: str) -> None:
    actions = {action for statement in SAMPLES[sample]["Statement"] for action in statement["Action"]}
    looking = {
        "lambda:GetAccountSettings",
        "lambda:GetFunction",
        "lambda:GetFunctionConfiguration",
        "lambda:ListFunctions",
    }
    assert actions == {*looking, "lambda:InvokeFunction"}


def test_every_function_is_somebodys_or_nobodys() -> None:
    somebodys = set().union(*TOLD.values())
    assert somebodys | NOBODYS == set(policies.functions())
    assert not somebodys & NOBODYS


def test_nobody_may_both_erase_and_say_that_all_is_as_it_was() -> None:
    for sample in SAMPLES:
        assert not {"erase_subject", "verify_audit"} <= allowed(sample)


@pytest.mark.parametrize("function", policies.functions())
def test_cloudformation_shortens_no_name_of_this_stack(function: str) -> None:
    """A shortened name would not have the form that the samples name."""
    assert len(f"{STACK}-{own_rights.logical(function)}") + ADDED <= LONGEST
