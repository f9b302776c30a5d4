"""Outlook's requests to recall a mail, as it sends them where nothing carries them out."""

import pytest

from chalicelib.mail.automatic import recalls
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

ADA = "Ada Lindqvist <ada@northlight.example>"
SAID = [
    ("Recall: Re: Question", 'Ada Lindqvist would like to recall the message, "Re: Question".'),
    ("Recall: Re: Question", "ada@northlight.example would like to recall the message, “Re: Question”."),
    ("Recall: Re: Question", 'Lindqvist, Ada would like to recall the message, "Re: Question".'),
    (
        "Recall: [NL-1] a lamp: which one? Yours",
        'Ada would like to recall the message, "[NL-1] a lamp: which one? Yours".',
    ),
    ("Recall: Question", 'Ada Lindqvist would like to recall the message, "Question ".\n'),
    ("Zurückrufen: Re: Frage", 'Ada Lindqvist möchte die Nachricht "Re: Frage" zurückrufen.'),
    ("Rückruf: Re: Frage", "Ada Lindqvist möchte die Nachricht „Re: Frage“ zurückrufen."),
    ("Rappel : Re: Question", "Ada Lindqvist souhaite rappeler le message « Re: Question »."),
    ("Recuperar: Re: Pregunta", 'Ada Lindqvist desea recuperar el mensaje "Re: Pregunta".'),
    ("Richiamo: Re: Domanda", 'Ada Lindqvist desidera richiamare il messaggio "Re: Domanda".'),
    ("Odwołaj: Re: Pytanie", "Użytkownik Ada Lindqvist chce odwołać wiadomość „Re: Pytanie”."),
    ("Intrekken: Re: Vraag", "Ada Lindqvist wil het bericht 'Re: Vraag' intrekken."),
    ("Återkalla: Re: Fråga", 'Ada Lindqvist vill återkalla meddelandet "Re: Fråga".'),
    ("Отзыв: Re: Вопрос", "Ada Lindqvist хочет отозвать сообщение «Re: Вопрос»."),
]
# What people write about recalling.
WRITTEN = [
    ("Recall: Re: Question", "Please ignore my last message."),
    ("Recall: Re: Question", 'I would like to recall the message, "Re: Question".'),
    ("Recall: Re: Question", 'Tom Berger would like to recall the message, "Re: Question".'),
    (
        "Recall: Re: Question",
        'Ada Lindqvist would like to recall the message, "Re: Question". The lamp comes tomorrow.',
    ),
    ("Recall: Re: Question", 'Hello,\n\nAda Lindqvist would like to recall the message, "Re: Question".'),
    ("Re: Question", 'Ada Lindqvist would like to recall the message, "Another".'),
    ("Recall: Aurora", 'Ada Lindqvist would like to recall the lamp "Aurora".'),
    ("Rückruf: Aurora", 'Ada Lindqvist möchte die Lampe "Aurora" zurückrufen.'),
    ("Re: Question", 'Ada Lindqvist has answered the message "Question".'),
    ("Question", 'Ada Lindqvist would like to recall the message, "Question".'),
    ("Rückruf: Frage", "Ada Lindqvist bittet wegen der Nachricht um Rückruf."),
]


@pytest.mark.parametrize(("subject", "text"), SAID)
def test_outlooks_sentence_is_a_recall(subject: str, text: str) -> None:
    assert recalls.is_recall(read(mail(text, subject=subject, **{"from": ADA})))


@pytest.mark.parametrize(("subject", "text"), WRITTEN)
def test_a_persons_words_are_none(subject: str, text: str) -> None:
    assert not recalls.is_recall(read(mail(text, subject=subject, **{"from": ADA})))


def test_a_mail_without_a_subject_or_a_sender_is_none() -> None:
    said = SAID[0][1]
    assert not recalls.is_recall(read(mail(said, subject="", **{"from": ADA})))
    assert not recalls.is_recall(read(mail(said, subject="Recall: Re: Question", **{"from": ""})))
