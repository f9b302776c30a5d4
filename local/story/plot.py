"""The story's plot: a lamp arrives broken, and everything in the complaint procedure happens; then its buyer withdraws
from another purchase. Each step states its
expected result: the mails and their recipients, the ticket's values, and the due dates of its promises.

It begins on a Monday in March 2027, before Good Friday, the change to summer time and Easter Monday.
"""

from local.story.acts import ADA, SWIFT, TOM, Step, act, complain, conclude, extend, reply, send_digests, wait, withdraw
from local.story.words import (
    ANSWER,
    COURIERS_ANSWER,
    MIRA,
    MIRAS_REPLY,
    PAID_BACK,
    REQUEST,
    SECOND_ANSWER,
    SEND_BACK,
    THANKS,
)

_MISSED, _DUE = {"first_answer": "2027-03-17 09:12"}, {"resolve": "2027-04-14 09:12"}
_ASKED, _LATER = {"referral-1": "2027-03-25 23:59"}, {"resolve": "2027-04-30 23:59"}
_OWED, _KEPT = {"remedy": "2027-05-05 23:59"}, {"retain": "2030-04-16 11:20"}

_REFUND, _SEND_BACK = {"refund": "2027-05-26 20:15"}, {"send_back": "2027-05-26 23:59"}
_CLOSES = {"close": "2027-05-27 23:59"}

STEPS = (
    Step(
        "2027-03-15 09:12", "Mira Holm complains by the form in the shop and puts a photo with it.",
        complain, "open", _MISSED | _DUE, ((MIRA, "We have your complaint"), (ADA, "Complaint:")),
        priority="normal", assignee=None,
    ),
    Step(
        "2027-03-15 09:40", "Ada Lindqvist takes it, and then nobody answers.",
        act("assign", to=ADA), "open", _MISSED | _DUE, priority="normal", assignee=ADA,
    ),
    Step(
        "2027-03-16 13:45", "Four working hours before the first answer is due, Ada is warned.",
        wait, "open", _MISSED | _DUE, ((ADA, "First answer due soon"),), priority="normal", assignee=ADA,
    ),
    Step(
        "2027-03-17 09:15", "The first answer is overdue: whoever has it and the team hear of it, the priority rises.",
        wait, "open", _MISSED | _DUE, ((ADA, "First answer overdue"),), priority="high", assignee=ADA,
    ),
    Step(
        "2027-03-18 09:15", "Overdue for a day: it is urgent now, and the owner's. Ada hears of it too.",
        wait, "open", _MISSED | _DUE, ((ADA, "First answer still overdue"), (TOM, "First answer still overdue")),
    ),
    Step(
        "2027-03-19 08:05", "The owner's daily digest says so as well.",
        send_digests, "open", _MISSED | _DUE, digest=True,
    ),
    Step(
        "2027-03-19 08:40", "Ada answers, by replying to the notification.",
        reply(ADA, "Complaint:", ANSWER), "waiting", _DUE, ((MIRA, "Re:"),),
    ),
    Step(
        "2027-03-19 18:20", "Mira replies after hours, and the clock of the next answer starts on Monday morning.",
        reply(MIRA, "Re:", MIRAS_REPLY), "open", {"next_answer": "2027-03-23 17:30"} | _DUE,
        ((ADA, "Re: Complaint"), (TOM, "Re: Complaint")),
    ),
    Step(
        "2027-03-22 09:40", "Ada tells her what comes next.",
        act("answer", text=SECOND_ANSWER), "waiting", _DUE, ((MIRA, "Re:"),),
    ),
    Step(
        "2027-03-22 10:05",
        "She asks the courier, who is told the order number, the topic and the photo. Mira hears of it.",
        act("refer", to="swiftparcel", facts="order_number topic attachments", text=REQUEST), "referred", _DUE | _ASKED,
        ((SWIFT, "asks for your answer"), (MIRA, "We have asked SwiftParcel")),
    ),
    Step(
        "2027-03-26 00:10", "Three working days are over without an answer: the courier is reminded.",
        wait, "referred", _DUE | _ASKED, ((SWIFT, "Reminder"),),
    ),
    Step(
        "2027-04-01 00:10",
        "Two working days later, with Good Friday, the change to summer time and Easter Monday between, it is reminded "
        "again, and Ada and Tom hear that it is silent.",
        wait, "referred", _DUE | _ASKED,
        ((SWIFT, "Reminder 2"), (ADA, "Answer of a third party"), (TOM, "Answer of a third party")),
    ),
    Step(
        "2027-04-01 11:00",
        "Ada sees that thirty days will not do and extends them. Mira is told why and until when; the clock moves when "
        "that mail was sent, not before.",
        extend(promised_until=_DUE["resolve"]), "referred", _LATER | _ASKED, ((MIRA, "We need longer"),),
    ),
    Step(
        "2027-04-02 09:30", "The courier answers. Ada and Tom get its words, Mira hears that there is an answer.",
        reply(SWIFT, "Reminder 2", COURIERS_ANSWER), "open", _LATER,
        ((ADA, "SwiftParcel has answered"), (TOM, "SwiftParcel has answered"), (MIRA, "SwiftParcel has answered us")),
    ),
    Step(
        "2027-04-15 10:00", "The day first promised is over. Nobody is warned, for another was promised in time.",
        wait, "open", _LATER,
    ),
    Step(
        "2027-04-16 10:30", "The glassworks can help. Ada notes who is at fault, and why.",
        act("find", fault="courier", reason="Torn when it was handed over, as the driver noted."), "open", _LATER,
    ),
    Step(
        "2027-04-16 10:40", "She notes what puts it right, and by when. From now on that is a promise like the others.",
        act("remedy", remedy_kind="replacement", owed_by="seller", due="2027-05-05",
        note="A new glass shade, sent to you."), "open", _LATER | _OWED,
    ),
    Step(
        "2027-04-16 11:20",
        "The final answer: partly upheld. The matter is not settled with Mira, so it names whom she may turn to. The "
        "ticket closes when it has been sent.",
        conclude, "closed", _OWED | _KEPT, ((MIRA, "Our final answer"),), priority="normal",
    ),
    Step(
        "2027-05-05 13:35", "The ticket is closed, but what is owed is not forgotten: there is a warning.",
        wait, "closed", _OWED | _KEPT, ((TOM, "Remedy due soon"),), priority="normal",
    ),
    Step(
        "2027-05-05 16:00", "Ada notes the remedy as done, and Mira is told.",
        act("remedy_done", text="The parcel left our house this afternoon."), "closed", _KEPT,
        ((MIRA, "Your replacement is on its way"),), priority="normal",
    ),
    Step(
        "2027-05-07 16:05",
        "Nobody asks Mira how it went: that would be advertising, and the policy states no legal basis for it.",
        wait, "closed", _KEPT, priority="normal",
    ),
    Step(
        "2027-05-07 19:05", "Mira says thank you. Every reply opens a closed ticket again: a person shall read it.",
        reply(MIRA, "Lamp", THANKS), "open",
        {"next_answer": "2027-05-11 17:30", "resolve": "2027-06-06 19:05"},
        ((ADA, "Re: Complaint"), (TOM, "Re: Complaint")), priority="normal",
    ),
    Step(
        "2027-05-10 09:10", "Ada reads it and closes the ticket as settled.",
        act("close", outcome="settled", reason="The customer said thank you."), "closed",
        {"retain": "2030-05-10 09:10"}, priority="normal",
    ),
    Step(
        "2027-05-12 20:15",
        "Mira withdraws from the purchase of a second lamp, by the withdrawal function: two pages, no account, no "
        "reason. The last page acknowledges her statement with its time, and so does a mail at once. The law's clocks "
        "begin.",
        withdraw, "open", {"first_answer": "2027-05-13 17:30"} | _REFUND | _SEND_BACK,
        ((MIRA, "Confirmation of your withdrawal"), (ADA, "Withdrawal from a contract")),
        priority="normal", assignee=None,
    ),
    Step(
        "2027-05-13 09:30", "Ada writes where the lamp goes.",
        act("answer", text=SEND_BACK), "waiting", _REFUND | _SEND_BACK | _CLOSES, ((MIRA, "Re:"),),
        priority="normal", assignee=ADA,
    ),
    Step(
        "2027-05-20 11:00", "The lamp is back, and Ada notes it.",
        act("goods_back"), "waiting", _REFUND | _CLOSES, priority="normal", assignee=ADA,
    ),
    Step(
        "2027-05-26 14:05", "The fourteen days for the refund end today, and nobody has paid: Ada is warned.",
        wait, "waiting", _REFUND | _CLOSES, ((ADA, "Refund after a withdrawal due soon"),),
        priority="normal", assignee=ADA,
    ),
    Step(
        "2027-05-27 00:10", "They are over: whoever has it and the team hear of it, the priority rises.",
        wait, "waiting", _REFUND | _CLOSES, ((ADA, "Refund after a withdrawal overdue"),),
        priority="high", assignee=ADA,
    ),
    Step(
        "2027-05-27 09:20", "Ada pays and notes the refund, and Mira is told.",
        act("remedy_done", text=PAID_BACK), "waiting", _CLOSES, ((MIRA, "Your money is on its way back"),),
        priority="high", assignee=ADA,
    ),
    Step(
        "2027-05-27 09:30", "She closes the ticket as settled.",
        act("close", outcome="settled", reason="Paid back."), "closed", {"retain": "2030-05-27 09:30"},
        priority="normal", assignee=ADA,
    ),
)  # fmt: skip
