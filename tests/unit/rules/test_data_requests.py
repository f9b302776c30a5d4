"""Mails that ask about their writer's data are known by their words, and others are not taken for such."""

import time

import pytest

from chalicelib.rules.data_requests import asks_about_data


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("GDPR data access request", "Please see below."),
        ("Hello", "Under Article 15 GDPR please send me what you have."),
        ("Hello", "According to Art. 17 (1) GDPR I ask you to act."),
        ("My account", "I would like a copy of all my personal data."),
        ("My account", "Please delete\nmy data and confirm it."),
        ("Question", "What personal data do you hold about me?"),
        ("Subject access request", ""),
        ("Auskunft nach Art. 15 DSGVO", ""),
        ("Konto", "Hiermit verlange ich die Löschung aller meiner personenbezogenen Daten."),
        ("Konto", "Bitte löschen Sie alle meine Daten."),
        ("Konto", "Ich möchte Auskunft über meine gespeicherten Daten."),
        ("DSGVO-Anfrage", ""),
        ("My account", "Please delete all the data you have about me."),
        ("My account", "I request access to my personal data."),
        ("My account", "Kindly delete my account and all data."),
        ("Konto", "Welche Daten haben Sie über mich gespeichert?"),
        ("Konto", "Bitte löscht meine Daten."),
        ("Konto", "Bitte meine Daten vollständig löschen."),
    ],
)
def test_requests_are_known(subject: str, text: str) -> None:
    assert asks_about_data(subject, text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Lamp arrived broken", "The shade is cracked. Article 15 of my order is missing, too."),
        ("Invoice", "Please send me a copy of my invoice; my data is in the account."),
        ("Order", "Can you delete my order 1234 and remove the second lamp?"),
        ("Rechnung", "Bitte löschen Sie meine Bestellung. Meine Daten: Mira Holm, Bremen."),
        ("Datenblatt", "Haben Sie Auskunft über die technischen Daten der Lampe?"),
        ("Data sheet", "Is there a data request form for the dimmer's data sheet?"),
        ("Drill", "Please send me a copy of the data sheet of the drill."),
        ("Drill", "Could I have a copy of the information leaflet?"),
        ("Refund", "I want a copy of the information you sent me about my refund."),
        ("Laptop", "Do I have to delete my data before I send the laptop for repair?"),
        ("Laptop", "Muss ich vorher meine Daten löschen?"),
        ("", ""),
    ],
)
def test_other_mails_are_not(subject: str, text: str) -> None:
    assert not asks_about_data(subject, text)


def test_small_print_far_below_is_no_request() -> None:
    assert not asks_about_data("Lamp", "It hums. " * 300 + "You have a right to erasure.")


def test_hostile_words_take_no_time() -> None:
    begun = time.process_time()
    for piece in ("meine ", "copy of all of my personal ", "art. 15 ", "lösch "):
        assert not asks_about_data(piece * 50, piece * 2000)
    assert time.process_time() - begun < 1
