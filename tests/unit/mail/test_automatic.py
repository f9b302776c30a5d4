"""Which mails a machine sent, and which only look like it."""

import pytest

from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

MACHINES: list[dict[str, str]] = [
    {"auto_submitted": "auto-replied"},
    {"auto_submitted": "auto-generated; owner-email=x@y.example"},
    {"precedence": "bulk"},
    {"precedence": "auto_reply"},
    {"x_auto_response_suppress": "All"},
    {"list_id": "<news.example>"},
    {"list_unsubscribe": "<https://x.example>"},
    {"return_path": "<>"},
    {"x_autoreply": "yes"},
    {"x_autorespond": "yes"},
    {"from": "MAILER-DAEMON@x.example"},
    {"from": "No Reply <no-reply@x.example>"},
    {"from": "list-bounces+mira=x.example@x.example"},
    {"x_aftercare_loop": "1"},
    {"subject": "Automatic reply: Lamp arrived broken"},
    {"subject": "Out of Office: Lamp"},
    {"subject": "Abwesenheitsnotiz: Lampe"},
    {"subject": "Abwesend: Re: Lampe"},
    {"subject": "AW: Abwesend bis 3.12."},
    {"subject": "abwesend (Jon Ash)"},
    {"subject": "Automatische Antwort: Lampe"},
    {"subject": "Réponse automatique : lampe"},
    {"subject": "Respuesta automática: lámpara"},
    {"subject": "Risposta automatica: lampada"},
    {"subject": "Resposta automática: candeeiro"},
    {"subject": "Automatisch antwoord: lamp"},
    {"subject": "Automatyczna odpowiedź: lampa"},
    {"subject": "Автоответ: лампа"},
    {"subject": "Autosvar: lampa"},
    {"subject": "Automaattinen vastaus: lamppu"},
    {"subject": "Otomatik yanıt: lamba"},
    {"subject": "自動返信: ランプ"},
    {"subject": "自动回复: 灯"},
    {"subject": "부재중: 램프"},
]
PEOPLE: list[dict[str, str]] = [
    {},
    {"auto_submitted": "no"},
    {"precedence": "normal"},
    {"x_auto_response_suppress": "none"},
    {"subject": "Absent pieces in my parcel"},
    {"subject": "Urlaub: bitte später liefern"},
    {"subject": "Abwesend am Liefertag"},
    {"subject": "Abwesende Nachbarn, Paket weg"},
    {"subject": "War abwesend: Paket weg"},
    {"subject": "Automatic umbrella does not open"},
    {"subject": "Autoradio kaputt"},
    {"subject": "I am away next week, deliver later?"},
    {"from": "bouncer@x.example"},
    {"from": "Postmaster General <mira@x.example>"},
    {"return_path": "<mira@example.com>"},
]


@pytest.mark.parametrize("headers", MACHINES, ids=str)
def test_machines(headers: dict[str, str]) -> None:
    reasons = read(mail(**headers)).automatic
    assert reasons
    assert all(0 < len(reason) < 100 for reason in reasons)


@pytest.mark.parametrize("headers", PEOPLE, ids=str)
def test_people(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).automatic == ()


def test_a_reading_receipt_is_a_report_and_no_bounce() -> None:
    found = read(mail("read", content_type='multipart/report; report-type=disposition-notification; boundary="x"'))
    assert "report (disposition-notification)" in found.automatic
    assert found.bounce is None
