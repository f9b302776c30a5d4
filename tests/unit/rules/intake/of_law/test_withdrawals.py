"""Mails that withdraw from a contract are recognised by their words; other mails are not."""

import pytest

from chalicelib.rules.intake.of_law.withdrawals import withdraws

STATED = [
    "Hiermit widerrufe ich den Kaufvertrag über die Lampe, Bestellung 4711.",
    "Hiermit widerrufe(n) ich/wir (*) den von mir/uns (*) abgeschlossenen Vertrag über den Kauf der Waren",
    "Guten Tag,\n\nich widerrufe meine Bestellung\nNr. 4711 vom 12.11.2026.\n\nMit freundlichen Grüßen\nJan Kost",
    "Ich möchte hiermit den Kaufvertrag widerrufen.",
    "Deshalb möchte ich die Bestellung fristgerecht widerrufen. Können Sie mir ein Etikett schicken?",
    "Wir treten vom Kaufvertrag zurück.",
    "Ich möchte vom Kaufvertrag zurücktreten.",
    "Leider will ich von meiner Bestellung 4711 doch zurücktreten, die Lampe ist zu hell.",
    "Ich mache von meinem Widerrufsrecht Gebrauch.",
    "Wie telefonisch besprochen, widerrufe ich hiermit den Kauf, weil mir die Lampe nicht gefällt.",
    "Hiermit widerrufe ich.",
    "I hereby withdraw from my contract of sale of the following goods",
    "I/We (*) hereby give notice that I/We (*) withdraw from my/our (*) contract of sale of the following goods (*)",
    "I want to withdraw from the contract for order 123.",
    "We are exercising our right of withdrawal.",
    "Please accept this as notice of my withdrawal from the contract for order 12.",
    "I wish to exercise my right to withdraw",
    "I am withdrawing from the purchase of my lamp because it does not fit. Can you send me a label?",
]
NOT_STATED = [
    "Kann ich die Bestellung widerrufen?",
    "Wie widerrufe ich meine Bestellung?",
    "Ich möchte wissen, ob ich die Bestellung widerrufen kann.",
    "Wenn ich den Vertrag widerrufe, wer zahlt dann den Rückversand?",
    "Ich widerrufe den Vertrag nicht.",
    "Ich möchte nicht vom Vertrag zurücktreten, sondern eine Reparatur.",
    "Wenn Sie nicht liefern, möchte ich vom Vertrag zurücktreten.",
    "Ich möchte wissen, ob ich von der Bestellung zurücktreten kann.",
    "Kann ich von meiner Bestellung zurücktreten?",
    "Ich möchte nicht widerrufen, nur umtauschen.",
    "Ich habe den Vertrag schon widerrufen, wann kommt mein Geld?",
    "Ich widerrufe meine Einwilligung zum Newsletter.",
    "Hiermit widerrufe ich das SEPA-Lastschriftmandat zu meinem Vertrag.",
    "Ich widerrufe die Einzugsermächtigung für meine Bestellung.",
    "Sie haben das Recht, binnen vierzehn Tagen den Vertrag zu widerrufen.",
    "Can I withdraw from the contract?",
    "Please tell me how I withdraw from the contract.",
    "If I withdraw from the contract, who pays for the return?",
    "I do not withdraw from the contract.",
    "You may withdraw from the contract within 14 days.",
    "I withdraw my consent to the newsletter for my order.",
    "I withdraw my complaint about the order.",
    "I want to cancel my order before it is sent.",
    "The shade is cracked.",
]


@pytest.mark.parametrize("text", STATED)
def test_a_statement_is_recognised(text: str) -> None:
    assert withdraws("Lampe", text)


@pytest.mark.parametrize("text", NOT_STATED)
def test_what_states_no_withdrawal_is_not(text: str) -> None:
    assert not withdraws("Lampe", text)


def test_what_stands_below_the_farewell_is_small_print() -> None:
    assert not withdraws("Lampe", "Wann kommt sie?\n\nMit freundlichen Grüßen\nJan\nHiermit widerrufe ich den Vertrag.")


@pytest.mark.parametrize(
    ("subject", "text", "recognised"),
    [
        ("Widerruf", "siehe Anhang", True),
        ("Widerruf Bestellung NL-4711", "Bitte um Bestätigung.", True),
        ("Widerruf der Einwilligung", "Bitte um Bestätigung.", False),
        ("Widerruf Newsletter zu Bestellung 4711", "Bitte um Bestätigung.", False),
        ("Widerruf Bestellung 4711", "Wann kommt mein Geld?", False),
        ("Frage zum Widerruf", "Wie lange geht das?", False),
        ("Withdrawal from contract NL-1", "see attached", True),
        ("Withdrawal from the newsletter", "see attached", False),
        ("Hiermit widerrufe ich den Vertrag 4711", "", True),
    ],
)
def test_a_subject_may_state_it_where_the_mail_asks_nothing(subject: str, text: str, recognised: bool) -> None:
    assert withdraws(subject, text) is recognised
