"""What packaging prints about the policy, because no template can contain it."""

from pathlib import Path
from typing import Any

import pytest

from deploy import package, runtime
from deploy.template import policy_facts
from tests.support import shops


def test_each_domain_that_needs_dmarc_is_named_once() -> None:
    said: list[str] = []
    package.say_what_dns_must("prod", shops.FILE, said.append)
    named = [sentence.partition("_dmarc.")[2].partition(" ")[0] for sentence in said]
    assert named == ["kettle.example", "northlight.example"]


def test_mistakes_in_the_policy_are_reported_with_their_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.toml"
    text = shops.FILE.read_text(encoding="utf-8")
    file.write_text(text.replace("link_days = 90", "link_days = 0"), encoding="utf-8")

    def build(_stage: str, policy: Path, *_others: Any) -> None:
        policy_facts.policy(policy)

    monkeypatch.setattr(package, "build", build)
    monkeypatch.setattr(runtime, "on_lambda", lambda _architecture: runtime.here())
    monkeypatch.setattr("sys.argv", ["package", "--policy", str(file)])
    assert package.main() == 1
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "link_days" in each)
    assert f"line {line}" in (said := capsys.readouterr().err)
    assert "link_days" in said
