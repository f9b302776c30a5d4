"""Mails that complain about how their writer's personal data is handled are recognised; others are not."""

import time

import pytest

from chalicelib.rules.intake.of_law.data_requests import asks_about_data
from chalicelib.rules.intake.of_law.privacy_complaints import complains_about_data


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("My account", "I want to complain about how you handle my data."),
        ("My account", "I am writing to complain about the way your company has handled my personal data."),
        ("My account", "This is a complaint about your handling of my personal information."),
        ("Advertising", "You passed on my address to an insurance company!"),
        ("Advertising", "You have shared my phone number with somebody I do not know."),
        ("Advertising", "Why have you sold my details?"),
        ("Advertising", "My email address was leaked, and it can only be you."),
        ("Advertising", "You are using my data without my consent."),
        ("Advertising", "I think this is a breach of my privacy."),
        ("Data protection complaint", ""),
        ("Hello", "I am making a data protection complaint."),
        ("Hello", "Please treat this as a complaint under the UK GDPR."),
        ("Konto", "Beschwerde über den Umgang mit meinen Daten"),
        ("Konto", "Ich beschwere mich über die Weitergabe meiner Adresse."),
        ("Konto", "ich möchte mich darüber beschweren, wie Sie mit meinen Daten umgehen"),
        ("Konto", "Hiermit beschwere ich mich, wie ihr mit meinen persönlichen Daten umgeht."),
        ("Werbung", "Sie haben meine Telefonnummer an Dritte weitergegeben."),
        ("Werbung", "Ich finde es unmöglich, dass Sie meine E-Mail-Adresse einfach verkauft haben!"),
        ("Werbung", "Meine Adresse wurde von Ihnen an ein Werbeunternehmen weitergegeben."),
        ("Werbung", "Sie nutzen meine Daten ohne meine Einwilligung."),
        ("Werbung", "Mein Recht auf Datenschutz wurde von Ihnen verletzt."),
        ("Datenschutzbeschwerde", ""),
        ("Hallo", "Hiermit reiche ich eine Beschwerde wegen Datenschutz ein."),
        (
            "Complaint",
            "I complain that you passed on my address. Please also send me a copy of all my personal data.",
        ),
        ("Hello", "This is a data protection complaint."),
        ("Hallo", "Dies ist eine förmliche Datenschutzbeschwerde."),
        ("Hello", "This is not only a privacy complaint, it is also about my lamp."),
        ("Hello", "I do not accept that you sold my email address."),
        ("Hello", "My personal data was stolen when your shop was hacked."),
        ("Hallo", "Meine Daten wurden bei Ihnen gestohlen."),
        ("Hallo", "Meine E-Mail-Adresse wurde aus Ihrer Datenbank gestohlen!"),
        # A denial takes nothing from a complaint beside it, and is none where it denies what the shop did.
        ("Hello", "I do not want to complain about how you handle my data, but you passed on my address to a bank."),
        ("Hello", "I never asked that you passed on my address to advertisers."),
        ("Hello", "This is not a joke, it is a privacy breach."),
        ("Hello", "You do not understand: I complain about how you handle my data."),
        ("Hallo", "Ich will keine Werbung, sondern ich beschwere mich über die Weitergabe meiner Adresse."),
        ("Hello", "I am not happy about how you handle my data."),
    ],
)
def test_complaints_about_data_are_recognised(subject: str, text: str) -> None:
    assert complains_about_data(subject, text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("", ""),
        # Requests about data, which are no complaints.
        ("GDPR data access request", "Please see below."),
        ("My account", "I would like a copy of all my personal data."),
        ("My account", "Please delete my data and confirm it."),
        ("Konto", "Bitte löschen Sie alle meine Daten."),
        ("Konto", "Auskunft nach Art. 15 DSGVO: Welche Daten haben Sie über mich gespeichert?"),
        # Complaints about orders.
        ("Complaint", "I complain about how you handled my order. My details are below."),
        ("Beschwerde", "Beschwerde über den Umgang mit meiner Bestellung. Meine Daten: Mira Holm, Bremen."),
        ("Late", "You passed on my address to the courier, and the driver still did not find me."),
        ("Late", "You passed on my address wrongly."),
        ("Wo ist es?", "Sie haben meine Adresse falsch an DHL weitergegeben."),
        ("Wo ist es?", "Haben Sie meine Telefonnummer an den Paketdienst weitergegeben?"),
        ("Lamp", "You sent my lamp to the wrong address."),
        ("Reklamation", "Ich möchte mich über die Lampe beschweren."),
        ("Question", "How do you protect the data of your customers?"),
        ("Frage", "Was steht in Ihrer Datenschutzerklärung zur Weitergabe von Daten?"),
        # Footers.
        (
            "Order 5583",
            "Where is my lamp?\n\n--\nRex Ltd\nFor a data protection complaint please contact dpo@rex.example",
        ),
        (
            "Bestellung",
            "Wo ist sie?\n\nMit freundlichen Grüßen\nJan Kost\nSie haben das Recht auf Beschwerde nach der DSGVO bei "
            "der Aufsichtsbehörde.",
        ),
        ("Order", "Where is it? You have the right to make a complaint about data protection, see our privacy notice."),
        # Somebody who says that they do not complain.
        ("Hello", "I do not want to complain about how you handle my data, I only wonder where the lamp is."),
        ("Hello", "This is not a privacy complaint, I only ask for my lamp."),
        ("Hello", "I don't want to make a data protection complaint. Where is my lamp?"),
        ("Hello", "I know that this is not a privacy breach. Where is my lamp?"),
        ("Hallo", "Ich möchte mich nicht über den Umgang mit meinen Daten beschweren, nur wissen, wo die Lampe ist."),
        ("Hallo", "Das ist keine Beschwerde über den Umgang mit meinen Daten. Wo ist meine Lampe?"),
        ("Hallo", "Mir ist klar: Das ist kein Datenschutzverstoß. Wo ist meine Lampe?"),
        ("This is not a privacy complaint", "Where is my lamp?"),
        ("No GDPR complaint: lamp broken", "It does not light."),
        ("Keine Datenschutzbeschwerde", "Wo ist meine Lampe?"),
        ("Hallo", "Hiermit schicke ich keine Datenschutzbeschwerde, sondern eine Frage."),
        ("Hello", "I have no complaint about how you handle my data. Where is my lamp?"),
        ("Hello", "I am not unhappy about the way you process my data."),
        ("Hello", "I hope you never passed on my address."),
        # What a thief took from the writer.
        ("Order", "My phone number was stolen together with my phone, please call the landline."),
        ("Bestellung", "Meine Handynummer wurde mit dem Handy gestohlen, bitte auf dem Festnetz anrufen."),
        ("Your right to a privacy complaint", "Is this notice of yours still valid for lamps?"),
    ],
)
def test_other_mails_are_no_complaints_about_data(subject: str, text: str) -> None:
    assert not complains_about_data(subject, text)


def test_a_bare_request_for_data_stays_a_request() -> None:
    text = "Under Article 15 GDPR please send me a copy of all my personal data."
    assert asks_about_data("Hello", text)
    assert not complains_about_data("Hello", text)


def test_hostile_text_is_read_quickly() -> None:
    begun = time.process_time()
    pieces = (
        "my ", "you have passed my ", "my address was ", "beschwerde über ", "sie haben meine daten ", "haben sie ",
        "meine daten ", "ohne meine ", "complain about how you ", "complaint about the uk ", "mein recht auf ", "a.b-",
    )  # fmt: skip
    for piece in pieces:
        assert not complains_about_data(piece * 50, piece * 2000)
    assert time.process_time() - begun < 1
