"""Seeds for fuzzing: a few mails with the typical elements of mails. `seeds.py FOLDER` writes them there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.unit.mail.mails import encoded, mail, multipart, nested, part

REPLY = "Thanks.\n\nOn Mon, 2 Mar 2026 at 10:00, A <a@b.example> wrote:\n> Hello\n-- \nMira"
QUOTED = "<p>Thanks.</p><div class=gmail_quote><blockquote type=cite>Hello</blockquote></div>"
INNER = "From: a@b.example\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\n\nHello"
REPORT = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
EVENT = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Call\nDTSTART:20260302T100000Z\nEND:VEVENT\nEND:VCALENDAR"
)
TNEF = b"\x78\x9f\x3e\x22\x01\x00" + b"\x01\x06\x90\x08\x00\x04\x00\x00\x00\x00\x00\x01\x00\x01\x00"
MAILS = {
    "plain": mail(REPLY),
    "html": mail(QUOTED, content_type="text/html; charset=windows-1252"),
    "encoded": mail(encoded("Größe".encode("utf-16")), content_transfer_encoding="base64"),
    "japanese": mail("日本語".encode("iso-2022-jp"), content_type="text/plain; charset=iso-2022-jp"),
    "seven bits": mail("Gr+APwA3w-e +2AA-", content_type="text/plain; charset=utf-7", subject="Gr+APwA3w-e"),
    "uuencoded": mail("begin 644 a.txt\n#0V%T\n`\nend\n"),
    "forwarded": mail(
        "See below.\n\n---------- Forwarded message ---------\nFrom: M <m@b.example>\nSubject: x\n\nHello"
    ),
    "automatic": mail("Away.", auto_submitted="auto-replied", precedence="bulk", subject="Out of office"),
    "alternative": multipart(
        nested(part(REPLY), part(QUOTED, "text/html"), subtype="alternative", boundary="inner"),
        part("x", "image/png; name*=utf-8''%C3%A4.png", content_id="<cid>", content_disposition="inline"),
    ),
    "attached": multipart(part("See."), part(INNER, "message/rfc822"), part(EVENT, "text/calendar; method=REQUEST")),
    "report": multipart(
        part("It failed."), part(REPORT, "message/delivery-status"), part(INNER, "message/rfc822"), subtype="report"
    ),
    "winmail": multipart(part(encoded(TNEF), "application/ms-tnef", content_transfer_encoding="base64")),
    "signed": multipart(part("Signed."), part("MIIB", "application/pkcs7-signature"), subtype="signed"),
}


def main(folder: Path) -> None:
    """Write each seed to a file with its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in MAILS.items():
        (folder / name).write_bytes(raw)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
