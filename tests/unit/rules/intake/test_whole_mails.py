"""Whole mails, as people write them: those that withdraw from a contract or complain about the handling of their data,
and those that come near and do neither."""

import time

import pytest

from chalicelib.rules.intake.of_law.privacy_complaints import complains_about_data
from chalicelib.rules.intake.of_law.withdrawals import withdraws

WITHDRAW = [
    (
        "Lamp",
        "Hello, I would like to withdraw from the contract for my order NL-2231 of 3 November. Please confirm. Anna",
    ),
    ("Order 2231", "Dear team, I'm withdrawing from my order 2231. The chair is too big."),
    ("Return", "I hereby cancel my contract for the floor lamp under the 14 day cooling-off period."),
    ("Cooling off", "I am exercising my right to cancel this order within 14 days of delivery."),
    ("Cancel", "I wish to cancel my contract under the Consumer Contracts Regulations. It arrived on Monday."),
    ("Order", "Please accept this email as notice that I am withdrawing from the contract of sale for the table."),
    ("Order", "Please take this as my withdrawal from the purchase contract."),
    (
        "Notice of cancellation",
        "I hereby give notice that I cancel my contract of sale of the following goods: lamp. "
        "Ordered on 1.11., received on 9.11.",
    ),
    ("Withdrawal", "Please confirm receipt.\n\nOrder 4471, lamp Hjelm"),
    ("Lampe", "Hallo, hiermit mache ich von meinem gesetzlichen Widerrufsrecht Gebrauch und sende die Lampe zurück."),
    ("Bestellung 881", "Ich widerrufe hiermit fristgerecht den Kaufvertrag vom 3.11.2026 über die Lampe."),
    ("Widerruf meiner Bestellung 881", "Hallo, anbei mein Widerruf."),
    ("Bestellung", "hiermit widerrufe ich die o.g. Bestellung."),
    ("Bestellung", "Hiermit erkläre ich den Widerruf meiner Bestellung Nr. 881."),
    ("Bestellung", "Ich erkläre hiermit den Widerruf des Vertrages."),
    ("Rücksendung", "Ich trete von dem Kauf zurück und bitte um Erstattung."),
    (
        "Widerruf",
        "Sehr geehrte Damen und Herren, den mit Ihnen geschlossenen Vertrag über den Kauf eines "
        "Stuhls widerrufe ich hiermit.",
    ),
    ("Lampe", "Den Kaufvertrag über die Lampe widerrufe ich."),
    ("Widerruf", "Meine Bestellung 4711 vom 2.11. möchte ich widerrufen. Wohin soll ich die Ware schicken?"),
    ("Stuhl", "Bitte bestätigen Sie mir den Widerruf meines Kaufs, ich schicke den Stuhl morgen los."),
    ("Vertrag widerrufen", "Name: Jo Berg\nBestellung: 771\n"),
    ("Vertragswiderruf", "Bestellnummer 771, Jo Berg"),
    ("Widerruf", "Hiermit widerrufe ich meinen Kauf. Meine Einwilligung zum Newsletter bleibt bestehen."),
    ("Widerruf", "Ich widerrufe meine Einwilligung in den Newsletter. Außerdem widerrufe ich meine Bestellung 4711."),
    ("Order", "I no longer want the lamp and withdraw from the contract."),
    ("Order", "I have decided to withdraw from my purchase of the desk."),
    ("Order", "We'd like to withdraw from our contract, order 18."),
    ("Order", "After trying it for two days, I'd like to exercise my right of withdrawal, please."),
    ("Bestellung", "Wir möchten von unserem Widerrufsrecht Gebrauch machen."),
    ("Bestellung", "Ich möchte von meinem Widerrufsrecht Gebrauch machen und die Ware zurückgeben."),
    ("Bestellung", "Ich will den Vertrag nicht mehr und widerrufe ihn hiermit."),
    (
        "Order 55",
        "Good morning,\nthe rug does not suit us. We are therefore withdrawing from our purchase.\nThanks, Sam",
    ),
    ("Rug", "Following delivery on 4 Nov. I hereby exercise my right of withdrawal for order 55."),
    ("Rug", "I have decided to make use of my 14-day right of withdrawal for order 55."),
    ("Rug", "This is to inform you that I withdraw from our contract dated 3 November."),
    ("Rug", "I'd like to cancel the contract within the fourteen days and return the rug."),
    ("Rug", "Please be advised that we withdraw from the sales contract."),
    ("Cancellation form", "I hereby give notice that I cancel my contract for the supply of the following goods: rug"),
    ("Teppich", "Hiermit teile ich Ihnen mit, dass ich den Kaufvertrag vom 3. November widerrufe."),
    ("Teppich", "Ich nehme mein Widerrufsrecht in Anspruch."),
    ("Teppich", "wir widerrufen den Vertrag vom 3.11.2026, Rechnung 88."),
    ("Teppich", "Hallo! Mein Sohn hat den Teppich ausprobiert, er passt nicht. Ich widerrufe daher den Kauf. LG Pia"),
    ("Teppich", "Da mir der Teppich nicht gefällt, widerrufe ich den Vertrag."),
    ("Teppich", "Nachdem ich den Teppich gesehen habe, möchte ich den Kauf widerrufen."),
    ("Widerruf", "Hallo,\n\nBestellung 88, Pia Ott. Ich schicke den Teppich morgen zurück."),
    ("Widerrufsformular", "Bestellung 88"),
    ("WIDERRUF BESTELLUNG 88", ""),
    ("AW: Ihre Bestellung 88", "Den Vertrag widerrufe ich hiermit."),
    ("Teppich", "Ich trete hiermit vom Kaufvertrag zurück, da die Lieferfrist verstrichen ist."),
    ("Teppich", "Wenn Sie die Ware zurückhaben: Ich widerrufe hiermit den Kaufvertrag."),
    ("Teppich", "Ich widerrufe den Kauf und bitte um Nachricht, wenn der Teppich bei Ihnen ist."),
]
DO_NOT_WITHDRAW = [
    ("Return", "I would like to return the lamp because it is broken. Please send a label."),
    ("Complaint", "I withdraw my complaint about the order, the lamp works now."),
    ("Beschwerde", "Ich ziehe meine Beschwerde zu meiner Bestellung zurück."),
    ("Frage", "Wie lange habe ich Zeit, um vom Vertrag zurückzutreten?"),
    (
        "Lampe",
        "Wo bleibt sie?\n\nViele Grüße\nTom\n\n--\nWiderruf: Sie können Ihren Vertrag binnen 14 Tagen widerrufen.",
    ),
    (
        "Re: Lampe",
        'In Ihrer Widerrufsbelehrung steht: "Hiermit widerrufe(n) ich/wir den von mir/uns '
        'abgeschlossenen Vertrag". Muss ich das ausdrucken?',
    ),
    (
        "Re: returns",
        'Your returns page says "I withdraw from the contract for the purchase of these goods". Do '
        "I have to use exactly these words?",
    ),
    ("Formular", "Auf Ihrer Seite steht der Satz „Hiermit widerrufe ich den Vertrag“, aber wo finde ich das Formular?"),
    ("Cancel", "Please cancel my order 88, it has not been sent yet."),
    ("Storno", "Bitte stornieren Sie meine Bestellung 88, solange sie noch nicht verschickt ist."),
    ("Newsletter", "I withdraw my consent to receive advertising."),
    (
        "Werbung",
        "Ich widerrufe hiermit meine Einwilligung zur Verwendung meiner E-Mail-Adresse aus der "
        "Bestellung 4711 für Werbung.",
    ),
    ("Werbung", "Ich widerspreche der Zusendung von Werbung zu meiner Bestellung."),
    ("Werbung", "Hiermit widerrufe ich die Zusendung von Werbung an die bei meiner Bestellung angegebene Adresse."),
    ("Werbung", "Hiermit widerrufe ich die Erlaubnis, mir nach meiner Bestellung E-Mails zu senden."),
    ("Newsletter", "Ich widerrufe das Abo des Newsletters, das ich mit meiner Bestellung abgeschlossen habe."),
    ("Widerruf der Newsletter-Anmeldung", "bitte bestätigen"),
    ("Widerrufsrecht", "Gilt das Widerrufsrecht auch für Maßanfertigungen?"),
    ("Widerruf", "Ich hatte am 3.11. widerrufen. Wann bekomme ich mein Geld?"),
    ("Refund", "I withdrew from the contract two weeks ago and have not been refunded."),
    ("Order", "My sister wants to withdraw from her contract. How does she do that?"),
    ("Order", "I was going to withdraw from the contract but I have changed my mind."),
    ("Order", "I might withdraw from my order if it is not here by Friday."),
    ("Order", "Unless it arrives by Friday I withdraw from the contract."),
    ("Bestellung", "Sollte die Lampe bis Freitag nicht da sein, trete ich vom Kaufvertrag zurück."),
    ("Bestellung", "Kommt sie bis Freitag nicht an, widerrufe ich den Kaufvertrag."),
    ("Bestellung", "Ich überlege, den Vertrag zu widerrufen."),
    ("Bestellung", "Ich möchte den Vertrag eigentlich nicht widerrufen."),
    ("Bestellung", "Ich will meine Bestellung ändern, nicht widerrufen."),
    ("Order", "Do I have to send it back before I withdraw from the contract?"),
    ("Order", "A colleague told me that I withdraw from the contract by sending the goods back. Is that right?"),
    ("Lastschrift", "Hiermit widerrufe ich die Lastschrift für meine Bestellung 4711."),
    ("SEPA", "Ich widerrufe das SEPA-Mandat."),
    ("Bewertung", "Ich widerrufe meine Bewertung zur Bestellung."),
    ("Vollmacht", "Hiermit widerrufe ich die Vollmacht meines Sohnes für Bestellungen."),
    (
        "Re: Ihre Bestellung",
        "Danke!\n\nAm 3.11.2026 schrieb Northlight:\n> Hiermit widerrufe ich den Vertrag\n> Muster-Widerrufsformular",
    ),
    (
        "Order",
        "Thanks.\n\nOn 3 Nov 2026, Northlight wrote:\n> I withdraw from the contract for the purchase "
        "of these goods: …",
    ),
    ("Teppich", "Widerruf: Bestellung 88 vom 3.11.2026, Pia Ott, Ulm"),
    ("Rug", "Could you tell me whether I can still withdraw from my contract?"),
    ("Rug", "What happens if I withdraw from the contract after 14 days?"),
    ("Rug", "I would like to know how to exercise my right of withdrawal."),
    ("Rug", "I do not wish to exercise my right of withdrawal, I want a repair."),
    ("Rug", "I would like to return one of the two lamps from order 7 and keep the other."),
    ("Rug", "I want to exchange the rug for a larger one."),
    ("Rug", "Please withdraw the charge on my card for order 7."),
    ("Rug", "I withdraw my request for a refund of the order."),
    ("Rug", "Cancel my order please, it has not shipped."),
    ("Rug", "I hereby cancel my order 7, which has not yet been dispatched."),
    ("Rug", "We can withdraw from the contract within 14 days, right?"),
    ("Rug", "In your mail you write: I withdraw from my contract by sending it back?"),
    ("Teppich", "Ich möchte die Farbe meiner Bestellung ändern."),
    ("Teppich", "Ich möchte vom Widerruf meiner Bestellung absehen."),
    ("Teppich", "Bitte ignorieren Sie meinen Widerruf der Bestellung 88."),
    ("Teppich", "Ich nehme meinen Widerruf zurück, die Bestellung 88 bleibt bestehen."),
    ("Teppich", "Ich habe die Widerrufsbelehrung zur Bestellung nicht erhalten."),
    ("Teppich", "Ist es richtig, dass ich den Kaufvertrag widerrufe, indem ich den Teppich zurückschicke?"),
    ("Teppich", "Ich will keinen Widerruf, sondern eine Reparatur."),
    ("Teppich", "Laut AGB widerrufe ich den Vertrag durch Rücksendung, stimmt das?"),
    ("Re: Newsletter", "Ich widerrufe meine Anmeldung. Die Bestellung 88 ist davon nicht betroffen."),
    ("Kündigung", "Hiermit kündige ich mein Kundenkonto."),
    ("Vertrag", "Ich widerrufe meine Zustimmung zur Datenverarbeitung aus dem Vertrag 88."),
    ("Widerruf Einzugsermächtigung", "Kunde 4711"),
    ("Widerspruch", "Ich widerspreche der Rechnung zur Bestellung 88."),
]
COMPLAIN = [
    ("Privacy", "I'm not happy with how you have handled my personal data and want to make a complaint."),
    (
        "Spam",
        "You keep using my email address for advertising although I objected. That is a breach of my privacy rights.",
    ),
    (
        "Complaint",
        "I want to raise a formal complaint about the way my personal information was handled by your staff.",
    ),
    ("Complaint", "This is a formal complaint about your use of my data."),
    ("Data breach", "My data was exposed in your data breach and nobody told me."),
    (
        "Complaint",
        "You ignored my subject access request for two months. I complain about how my request for "
        "my data was treated.",
    ),
    ("Complaint", "You have not answered my data request within one month. I want to complain."),
    ("Phone", "Your employee gave my phone number to another customer!"),
    ("Mail", "You sent my details to a stranger."),
    (
        "Mail",
        "You sent another customer's invoice to me and mine to him - my address is now known to a "
        "stranger. This is a privacy breach.",
    ),
    ("Kamera", "Ich beschwere mich darüber, dass meine Daten ohne meine Zustimmung gespeichert werden."),
    ("Datenschutz", "Ihr Mitarbeiter hat meine Telefonnummer an eine andere Kundin weitergegeben."),
    (
        "Datenschutzverstoß",
        "Sie haben meine Rechnung mit Anschrift an einen Fremden geschickt. Das ist ein "
        "Datenschutzverstoß, über den ich mich beschwere.",
    ),
    ("Beschwerde", "Ich beschwere mich über den Umgang mit meinen personenbezogenen Daten."),
    ("Beschwerde", "Mit der Verarbeitung meiner Daten bin ich nicht einverstanden und lege Beschwerde ein."),
    ("Beschwerde nach Art. 77 DSGVO", "bitte um Stellungnahme"),
    (
        "Werbung",
        "Woher haben Sie meine E-Mail-Adresse? Ich habe nie eingewilligt. Das ist ein Verstoß gegen die DSGVO.",
    ),
    ("Auskunft", "Sie haben meine Auskunftsanfrage nach der DSGVO nicht beantwortet. Darüber beschwere ich mich."),
    ("Complaint", "I object to the way you process my personal data."),
    ("Complaint", "You disclosed my personal details to my ex-husband."),
    ("Complaint", "My phone number has been shared by your support with a third party."),
    ("Complaint", "Stop selling my data!"),
    ("Datenleck", "Meine Daten sind bei Ihnen gestohlen worden."),
    ("Complaint", "I believe that you have violated my data protection rights."),
    ("Complaint", "Please handle this as a privacy complaint."),
    ("Complaint", "I am very unhappy about the way you use my personal data."),
    ("Complaint", "I wish to complain that my personal details were disclosed to my neighbour."),
    ("Complaint", "You have published my name and address in a review."),
    ("Complaint", "You told my employer about my order. That is a clear breach of data protection law."),
    ("Complaint", "Your support emailed my details to someone else."),
    (
        "Complaint",
        "I asked you in May to delete my data and you still have it. I am complaining about how you handle my data.",
    ),
    ("Complaint", "I want to complain about a data protection breach."),
    ("Beschwerde", "Ich möchte eine Datenschutzbeschwerde einreichen."),
    ("Beschwerde", "Sie verstoßen gegen die DSGVO, indem Sie meine Daten ohne Einwilligung nutzen."),
    ("Beschwerde", "Meine E-Mail-Adresse wurde ohne meine Zustimmung an Dritte weitergegeben."),
    ("Beschwerde", "Ich beschwere mich, weil Sie meine Löschanfrage ignoriert haben."),
    ("Beschwerde", "Eure Firma hat meine Adresse verkauft!"),
]
DO_NOT_COMPLAIN = [
    ("Order", "My address has changed, please update my details."),
    ("Order", "My details: Jo Berg, 1 High Street. I complain about the way you handled my return."),
    ("Order", "Where is my order?\n\nKind regards\nJo Berg\nData Protection Officer, Rex Ltd"),
    ("Order", "Where is my order?\nJo Berg, Data Protection Officer, Rex Ltd"),
    ("Lamp", "The lamp was delivered to the wrong address and I complain about it."),
    ("Bestellung", "Meine Daten: Jan Kost, Bremen. Ich beschwere mich über die Verspätung."),
    ("Bestellung", "Die Lampe kam kaputt an.\n\nViele Grüße\nEva Lind\nDatenschutzbeauftragte der Rex GmbH"),
    (
        "Bestellung",
        "Wo ist meine Lampe?\n\n-- \nInformationen zum Datenschutz finden Sie unter "
        "https://rex.example/datenschutz. Beschwerde nach DSGVO an die Aufsichtsbehörde.",
    ),
    ("Frage", "Wie gehen Sie mit meinen Daten um?"),
    ("Question", "How do you use my data?"),
    ("Question", "Who do I contact about data protection?"),
    ("Newsletter", "Please stop sending me the newsletter."),
    ("Newsletter", "Ich widerspreche der Verwendung meiner Daten für Werbung."),
    ("Order", "You have my phone number, please call."),
    ("Order", "I have shared my address with the neighbour so that she can take the parcel."),
    ("Order", "Have you given my phone number to the driver?"),
    ("Order", "I gave you my address twice and the lamp still went to the old one."),
    ("Lieferung", "Bitte geben Sie meine Telefonnummer an den Fahrer weiter."),
    ("Order", "My phone was stolen, can you change the number in my account?"),
    ("Order", "My data cable was stolen from the parcel."),
    ("Re: Order", "Thanks\n\n> You have the right to make a data protection complaint to us."),
    ("Account", "Please delete my data from your shop."),
    ("Konto", "Meine Adresse ist falsch gespeichert, bitte ändern."),
    ("Complaint", "I complain that my refund was handled badly by your data team."),
    ("Privacy film", "I complain: the privacy film on my window arrived scratched."),
    ("Sichtschutz", "Beschwerde über den Datenschutz-Filter für meinen Monitor: er hat Blasen."),
    ("Question", "Has my data been affected by the breach in the news?"),
    ("Question", "Is my data safe with you?"),
    ("Order", "I object to the price you charged my account."),
    ("Order", "I object to your use of my photo? no just kidding, where is my lamp"),
    ("Order", "The data sheet of my lamp is missing."),
    ("Order", "Our privacy officer asks for an offer for 20 lamps."),
    ("Order", "Please send my details to the manufacturer for the warranty."),
    ("Order", "Did you send my address to another courier?"),
    ("Bestellung", "Haben Sie meine Daten erhalten?"),
    ("Bestellung", "Ich bin mit der Verarbeitung meiner Bestellung unzufrieden."),
    ("Bestellung", "Meine Adresse wurde im Paketschein abgeschnitten."),
    ("Bestellung", "Können Sie meine Rechnung an eine andere Person schicken?"),
    ("Bestellung", "Bitte senden Sie meine Rechnung an andere Adresse."),
    ("Bestellung", "Wer ist Ihr Datenschutzbeauftragter?"),
    ("Bestellung", "Die Lampe ist defekt. Beschwerde! Hinweise zum Datenschutz: www.rex.example"),
]
# What could make a search long: nearly a statement, again and again.
ENDLESS = ["i and ", "i we ", "ich widerrufe ", "den ", "die vertrag ", "vertrag a ", '"', "„", "habe ", "meine daten "]


@pytest.mark.parametrize(("subject", "text"), WITHDRAW)
def test_mails_that_withdraw(subject: str, text: str) -> None:
    assert withdraws(subject, text)


@pytest.mark.parametrize(("subject", "text"), DO_NOT_WITHDRAW)
def test_mails_that_do_not(subject: str, text: str) -> None:
    assert not withdraws(subject, text)


@pytest.mark.parametrize(("subject", "text"), COMPLAIN)
def test_mails_that_complain_about_the_handling_of_data(subject: str, text: str) -> None:
    assert complains_about_data(subject, text)


@pytest.mark.parametrize(("subject", "text"), DO_NOT_COMPLAIN)
def test_mails_that_complain_about_something_else_or_not_at_all(subject: str, text: str) -> None:
    assert not complains_about_data(subject, text)


@pytest.mark.parametrize("words", ENDLESS)
def test_no_text_makes_the_search_long(words: str) -> None:
    text = words * (2000 // len(words))
    began = time.process_time()
    withdraws(text[:300], text)
    complains_about_data(text[:300], text)
    assert time.process_time() - began < 2
