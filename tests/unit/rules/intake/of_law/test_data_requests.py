"""Mails that ask about their writer's personal data are recognised by their words; other mails are not."""

import time

import pytest

from chalicelib.rules.intake.of_law.data_requests import asks_about_data


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
        ("Konto", "Bitte löscht mein Benutzerkonto und alle meine Daten."),
        ("Konto", "Ich will, dass Sie meine Daten endlich löschen."),
        ("Konto", "Teilen Sie mir mit, welche Daten Sie von mir gespeichert haben."),
        ("My account", "Remove my personal details from your database."),
        ("Konto", "Bitte meine Daten vollständig löschen."),
        ("Konto", "ich fordere Sie auf, mir nach Art. 15 DSGVO Auskunft zu geben."),
        (
            "Konto",
            "Guten Tag,\n\nhiermit mache ich mein Recht auf Löschung geltend.\n\nMit freundlichen Grüßen\nJan Kost",
        ),
        ("Konto", "Bitte senden Sie mir eine Datenauskunft an diese Adresse."),
        ("Konto", "wir bitten für unseren Mandanten um Auskunft gemäß Art. 15 Abs. 3 DSGVO."),
        ("Konto", "Ich widerspreche nach Art. 21 DSGVO der Verarbeitung zu Werbezwecken."),
        ("Konto", "Beantrage Datenübertragung. Ich berufe mich auf DSGVO Art. 20."),
        ("Newsletter", "I want to use my right to erasure. The lamp itself is fine."),
        ("Newsletter", "This is a subject access request, and I expect a reply within a month."),
        ("Old account", "As you have not answered, I now invoke Article 17 of the GDPR."),
        (
            "Old account",
            "Could you please give me access to my personal data? See https://www.northlight.example/privacy",
        ),
        ("Konto", "Können Sie mir bitte nach Art. 15 DSGVO sagen, was gespeichert ist?"),
        ("Account", "Can you tell me under Art. 15 GDPR what you know? Please contact me about it by mail."),
        ("Right to be forgotten", "Kim Adler, order 5581"),
    ],
)
def test_data_requests_are_recognised(subject: str, text: str) -> None:
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
        ("Logger", "It shows no copy of my data backup. Please delete my data logger's order."),
        (
            "Lampe",
            "Bitte um Rückruf.\n\nInformationen zu Art. 15 DSGVO geben wir auf Wunsch, bitte sprechen Sie uns an.",
        ),
        ("Drill", "Could I have a copy of the information leaflet?"),
        ("Refund", "I want a copy of the information you sent me about my refund."),
        ("Laptop", "Do I have to delete my data before I send the laptop for repair?"),
        ("Laptop", "Muss ich vorher meine Daten löschen?"),
        ("", ""),
        (
            "Lampe defekt",
            "Guten Tag,\n\ndie Lampe geht nicht mehr, bitte um Ersatz.\n\nMit freundlichen Grüßen\nDr. Ina Halm\n"
            "Kanzlei Halm\nHinweise zu Ihrem Widerspruchsrecht nach Art. 21 DSGVO: https://halm.example/datenschutz",
        ),
        (
            "Rechnung fehlt",
            "Bitte senden Sie mir die Rechnung\nJan Kost\nKost Bau GmbH\nWiderspruchsrecht nach Art. 21 DSGVO",
        ),
        (
            "Angebot",
            "Bitte um ein Angebot.\n\nInformationen nach Art. 13 DSGVO und zum Recht auf Löschung finden Sie hier.",
        ),
        ("Angebot", "Ihnen stehen als Betroffener die Rechte nach Art. 15 DSGVO zu."),
        ("Angebot", "Für Anfragen nach Art. 15 DSGVO wenden Sie sich bitte an unseren Datenschutzbeauftragten."),
        ("Angebot", "Sie haben uns gegenüber ein Recht auf Auskunft und ein Recht auf Löschung."),
        (
            "Order 5583",
            "My lamp is late.\n\n--\nRex Ltd\nYou have the right to erasure (Article 17 GDPR), see our privacy notice.",
        ),
        (
            "Order 5583",
            "My lamp is late.\n\nKind regards\nRex\nFor a data subject request please contact dpo@rex.example",
        ),
        ("Order 5583", "Where is my lamp? To exercise your right to erasure, please visit www.rex.example/privacy"),
        (
            "Order 5583",
            "Where is it?\n\nThis email is confidential. Your rights under Art. 17 GDPR are explained online.",
        ),
        ("Question", "Do you delete my data after two years?"),
        ("Frage", "Werden meine Daten gelöscht?"),
        ("Frage", "Ich möchte wissen, wann meine Daten gelöscht werden."),
        ("Newsletter", "Please remove me from your mailing list."),
        ("Your rights under Art. 17 GDPR", "Is this notice of yours still valid for lamps?"),
        ("Frage", "Steht in Ihrer Datenschutzerklärung etwas zum Recht auf Löschung? Mich interessiert das allgemein."),
    ],
)
def test_other_mails_are_no_data_requests(subject: str, text: str) -> None:
    assert not asks_about_data(subject, text)


@pytest.mark.parametrize(
    "text",
    [
        "I do NOT want a copy of my personal data, only a new lamp.",
        "I don't need access to my data.",
        "I'm not asking for a copy of my personal data.",
        "We did not request access to my personal data.",
        "I do not want you to delete my data.",
        "I never asked you to delete my personal data.",
        "I do not wish to know which data you hold about me.",
        "Please do not delete my data from your shop.",
        "Please don’t remove my personal details from your list.",
        "There is no need to give me a copy of my personal data.",
        "I write to you, but this is not a subject access request.",
        "It is no GDPR request of mine.",
        "Ich möchte keine Kopie meiner Daten.",
        "Ich brauche keine Auskunft über meine Daten, nur eine Lampe.",
        "Ich will nicht, dass Sie meine Daten löschen.",
        "Ich bitte nicht um Auskunft über meine gespeicherten Daten.",
        "Bitte keine Löschung meiner Daten.",
        "Löschen Sie meine Daten bitte noch nicht.",
        "Löschen Sie alle meine Daten auf keinen Fall!",
        "Mein Schreiben: das ist keine DSGVO-Anfrage.",
        # Who thanks for it has it.
        "Danke für die Löschung meiner Daten!",
        "Thank you for the copy of my personal data.",
        "Vielen herzlichen Dank für Ihre Auskunft über meine Daten.",
        "Not a GDPR request, I only ask when it comes.",
    ],
)
def test_who_does_not_want_it_asks_for_nothing(text: str) -> None:
    assert not asks_about_data("Lamp", text)
    # A denial takes nothing from a request beside it.
    assert asks_about_data("Lamp", f"{text} Please send me a copy of all my personal data.")


@pytest.mark.parametrize(
    "text",
    [
        "You have not sent me a copy of my personal data.",
        "Thank you in advance for a copy of my personal data.",
        "Why did you not delete my data? I asked twice.",
        "I'd like you to erase everything you have about me.",
        "Please delete my account and everything you have stored about me.",
        "Delete me from your database.",
        "Ich möchte, dass meine Daten gelöscht werden.",
        "Ich möchte meine Daten gelöscht haben.",
        "Bitte alle Daten über mich löschen.",
        "Bitte löschen Sie mich aus Ihrer Kundendatei.",
        "Danke im Voraus für die Löschung meiner Daten.",
        "Thanks for your help. Please send me a copy of my personal data.",
        "Thank you for a copy of my personal data as soon as possible.",
        "I have not received a copy of my personal data.",
        "I did not get access to my personal data.",
        "You did not want to give me access to my personal data.",
        "I do not want to wait any longer, I want a copy of my personal data.",
        "I will not ask again for a copy of my personal data.",
        "Why don't you delete my data?",
        "I got a voucher instead of a copy of my personal data.",
        "I do not want your adverts. Delete my data from your list.",
        "You have not answered my subject access request.",
        "Ich habe keine Auskunft über meine Daten erhalten.",
        "Ich möchte nicht länger warten: Auskunft über meine Daten!",
        "Warum löschen Sie meine Daten nicht?",
        "Löschen Sie meine Daten, nicht die meines Mannes.",
        "Löschen Sie meine Daten nicht nur im Shop, sondern überall.",
        "Teilen Sie mir mit, welche Daten Sie über mich nicht löschen.",
    ],
)
def test_who_complains_of_not_having_it_asks(text: str) -> None:
    assert asks_about_data("Lamp", text)


def test_a_footer_far_below_is_no_data_request() -> None:
    assert not asks_about_data("Lamp", "It hums. " * 300 + "You have a right to erasure.")


def test_hostile_text_is_read_quickly() -> None:
    begun = time.process_time()
    for piece in (
        "meine ",
        "copy of all of my personal ",
        "art. 15 ",
        "lösch ",
        "sie haben ein ",
        "you have ",
        "i do not want to ",
        "ich möchte nicht dass ",
        "-- ",
        "mit ",
        "\n",
    ):
        assert not asks_about_data(piece * 50, piece * 2000)
    assert time.process_time() - begun < 1
