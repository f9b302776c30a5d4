"""The command that explains how mails are read."""

import io
import json
import sys
from pathlib import Path

import pytest

from local import parse_mail
from tests.unit.mail.mails import encoded, mail, multipart, part


def explained(
    paths: list[Path | str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[dict[str, object]]]:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{path}\n" for path in paths)))
    status = parse_mail.main()
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_object_a_line_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raws = {
        "a.eml": mail("Grüße"),
        "b.eml": multipart(part("x"), part(encoded(b"y"), "image/png; name=y.png", content_transfer_encoding="base64")),
        "c.eml": b"\xff\x00",
    }
    for name, raw in raws.items():
        (tmp_path / name).write_bytes(raw)
    paths = [tmp_path / name for name in raws]
    status, found = explained(list(paths), monkeypatch, capsys)
    assert status == 0
    assert [one["file"] for one in found] == [str(path) for path in paths]
    assert found[0]["text"] == "Grüße"
    assert found[0]["from"] == {"name": "Mira Holm", "address": "mira@example.com"}
    assert (found[0]["senders"], found[0]["original_sender"]) == ([found[0]["from"]], None)
    assert (found[0]["automatic"], found[0]["bounce"], found[0]["forwarded"]) == (None, None, None)
    attachments = found[1]["attachments"]
    assert isinstance(attachments, list)
    assert attachments[0]["filename"] == "y.png"


def test_an_unreadable_file_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.eml").write_bytes(mail())
    status, found = explained([tmp_path / "none.eml", tmp_path / "a.eml"], monkeypatch, capsys)
    assert status == 1
    assert "error" in found[0]
    assert found[1]["subject"] == "Lamp arrived broken"


def test_a_bounce_and_a_forward_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.eml").write_bytes(
        mail("<gone@x.example>: 550 user unknown", subject="failure notice", **{"from": "MAILER-DAEMON@x.example"})
    )
    (tmp_path / "f.eml").write_bytes(
        mail("Look.\n\nFrom: Ann <a@x.example>\nDate: 2 Mar 2026\nSubject: Lamp\n\nBroken.", subject="Fwd: Lamp")
    )
    _, found = explained([tmp_path / "b.eml", tmp_path / "f.eml"], monkeypatch, capsys)
    assert isinstance(found[0]["bounce"], dict)
    assert found[0]["bounce"]["recipients"] == ["gone@x.example"]
    assert isinstance(found[1]["forwarded"], dict)
    assert found[1]["forwarded"]["from"] == {"name": "Ann", "address": "a@x.example"}
