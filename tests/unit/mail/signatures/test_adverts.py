"""What links and banners say below a farewell and a name is signature, and so is the shop's team; answers are sent."""

import pytest

from chalicelib.mail.reading import read
from chalicelib.mail.signatures.signatures import said
from tests.unit.mail.mails import mail

NAME = "Ada Lindqvist"
SIGNED = f"Best regards,\n{NAME}\nNorthlight Lamps"
ADVERTS = """
Book a meeting with me
Follow us on LinkedIn
Black Friday: 20% off all lamps until 30 November
Northlight Lamps - Light up your home
How did we do? Rate our service
Leave us a review
Subscribe to our newsletter
Discover our winter collection
Wie zufrieden waren Sie mit uns? Jetzt bewerten
Termin vereinbaren
Folgen Sie uns auf Instagram
Besuchen Sie unseren Online-Shop
Bis zu 30 % Rabatt auf alle Lampen
Prendre rendez-vous avec moi
Suivez-nous sur Facebook
Donnez votre avis
Découvrez nos nouveautés
20 % de réduction sur toutes les lampes
Reserva una cita conmigo
Síguenos en Instagram
Déjanos tu opinión
Prenota un appuntamento con me
Seguici su Facebook
Lascia una recensione
Plan een afspraak met mij
Volg ons op Instagram
Beoordeel ons
20% korting op alle lampen
Umów się na spotkanie
Śledź nas na Facebooku
Oceń nas
Odwiedź nasz sklep
""".strip().split("\n")
ANSWERS = """
We ship it tomorrow
It costs 30 EUR
20 % off for you
20 % Rabatt für Sie
Visit us tomorrow
Visit us at Hafenstr. 5
Visit us on Friday
Book a meeting with me on Monday
Folgen Sie uns am Montag
Besuchen Sie uns morgen um 10 Uhr
Follow the instructions
Refund - on its way
Your parcel - lost
Call me
Plan it for Friday
Please book a meeting with me on Friday
""".strip().split("\n")
TEAMS = """
Ihr Northlight-Team
Ihr Team von Northlight Lamps
Das Northlight Team
The Northlight team
Your Northlight customer care team
The team at Northlight Lamps
L'équipe Northlight
Votre équipe Northlight
El equipo de Northlight
Tu equipo Northlight
A equipa Northlight
Il team Northlight
Lo staff di Northlight
Het team van Northlight
Het Northlight-team
Zespół Northlight
Teamet på Northlight
""".strip().split("\n")
NO_TEAMS = [
    *("The DHL team", "The team", "Das Team", "El equipo", "The red team", "Kundenservice"),
    *("The Northlight team will call you", "Ihr Northlight-Team\nWe ship it tomorrow."),
]


def new(text: str) -> str:
    return read(mail(text, From=f"{NAME} <ada@shop.example>", subject="Re: Lamp", in_reply_to="<a@b.c>")).new


@pytest.mark.parametrize("advert", ADVERTS)
def test_an_advert_below_the_name_is_no_answer(advert: str) -> None:
    for block in (f"{SIGNED}\n{advert}", f"Hallo Frau Holm,\n\n{SIGNED}\n\n{advert}\n{ADVERTS[0]}"):
        assert new(block) == ""
    assert said(f"Viele Grüße, Ada\n{advert}", NAME) == ""


@pytest.mark.parametrize("advert", [*ADVERTS, *ANSWERS])
def test_the_same_is_an_answer_where_no_name_is_above(advert: str) -> None:
    for text in (advert, f"Hi Kim,\n\n{advert}\n\n{SIGNED}"):
        assert new(text) == text


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_below_the_name_is_sent(answer: str) -> None:
    assert said(f"{SIGNED}\n{answer}", NAME) == f"{SIGNED}\n{answer}"


@pytest.mark.parametrize("team", TEAMS)
def test_the_shops_team_signs(team: str) -> None:
    for text in (team, f"Hallo Frau Holm,\n\n{team}", f"Un saludo,\n{team}", f"{team}\nTel. +49 30 1234567"):
        assert new(text) == ""
    assert new(f"Yes.\n\n{team}") == f"Yes.\n\n{team}"


@pytest.mark.parametrize("text", NO_TEAMS)
def test_a_team_that_is_no_shops_is_an_answer(text: str) -> None:
    assert new(text) == text
