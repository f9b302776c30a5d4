"""A postal address or an account below the writer's name is an answer where a signature would say more."""

import pytest

from tests.unit.mail.signatures.test_nothing_said import QUOTED, new

ADDRESS = "Hauptstraße 5\n10115 Berlin"
IBAN = "IBAN DE02 1203 0000 0000 2020 51"
GIVEN = [
    *(f"Anna Berg\n{ADDRESS}", f"Anna\n{IBAN}", f"Anna Berg\n{IBAN}", f"Hi Kim,\n\nAnna\n{IBAN}", f"Anna\n{IBAN[5:]}"),
    *(
        "Anna Berg\n12 High Street\nLondon SW1A 1AA",
        "Anna Berg\nHauptstraße 5, 10115 Berlin",
        "Anna\nGB29NWBK60161331926819",
    ),
    *("Hi Kim,\n\nAnna Berg\n12 rue de la Paix\n75002 Paris\nFrance", "Anna Berg\nDE02120300000000202051"),
    *("Anna Berg\nKungsgatan 12 B\n111 35 Stockholm", "Anna\n350 Fifth Avenue\nNew York NY 10118"),
]
SIGNED = [
    *(f"Best regards\nAnna Berg\n{ADDRESS}", f"Anna Berg\nNorthlight GmbH\n{ADDRESS}", f"LG Anna\n{ADDRESS}"),
    *(f"Anna Berg\n{ADDRESS}\nTel. +49 40 123456", f"Anna Berg\nCustomer Care\n{ADDRESS}", "Anna Berg\n10115 Berlin"),
    *(f"Anna Berg\nNorthlight GmbH\n{IBAN}", f"Viele Grüße\nAnna Berg\nNorthlight GmbH\n{ADDRESS}\n{IBAN}"),
    *("Anna Berg\nNorthlight GmbH\nHR 12345 Hamburg", "Anna Berg\nHR 12345 Amtsgericht Hamburg"),
]


@pytest.mark.parametrize("text", GIVEN)
def test_an_address_or_an_account_alone_is_an_answer(text: str) -> None:
    assert new(f"{text}{QUOTED}") == text


@pytest.mark.parametrize("text", SIGNED)
def test_in_a_signature_it_is_none(text: str) -> None:
    assert new(f"{text}{QUOTED}") == ""
