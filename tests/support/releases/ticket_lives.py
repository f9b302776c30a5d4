"""Six weeks of a shop, in which every kind of ticket, state and record is written: read `lived` from top to bottom.
What is unfinished at its end (mails, an export, a purge, a run) stays unfinished."""

from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from itertools import cycle
from typing import Any

from chalicelib.errors import NotSent
from chalicelib.mail.composing import plus_address
from chalicelib.rules.delivery.bouncing import DeliveryEvent
from chalicelib.rules.identity.derived import Role
from chalicelib.rules.tickets.messages import Channel, Person
from chalicelib.rules.tickets.outbox import LEASE
from chalicelib.rules.tickets.procedure_facts import IN_MONEY, Fault, Performer, RemedyKind
from chalicelib.rules.tickets.ticket import State
from chalicelib.services.access import signing_in
from chalicelib.services.actions import confirming
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.actions.contacts import log_contact
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.customer import customer_page, rating
from chalicelib.services.delivery import objections
from chalicelib.services.delivery.digesting import send_digests
from chalicelib.services.delivery.sending import post
from chalicelib.services.exports import ticket_exports
from chalicelib.services.intake.submitting import Caller, submit
from chalicelib.services.operations import console, health_checks, quarantine, reconciling
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.privacy import erasing, rectifying, retention
from chalicelib.services.tickets import links, uploading
from chalicelib.services.tickets.answers import drafts
from chalicelib.services.tickets.filing import IncomingFile
from tests.support.agents import ADA, SWIFT, TOM
from tests.support.releases.stage import CARE, Stage
from tests.unit.rights.acting import report

MIRA, KIM, JO, LEA = "mira@holm.example", "kim@adler.example", "jo@tann.example", "lea@quast.example"
BEN = "ben@lamp.example"
ROBIN = "robin@kettle.example"
# Four bytes per character: more than an item of the table may have.
LONG = "🙂" * 17_000
PDF = b"%PDF-1.7\xff"
# More tickets than one customer is mailed about in an hour.
MANY = 10
# So many remedies are of one customer, who then writes once too often.
_BEFORE_TOO_MANY = 8


def lived(stage: Stage) -> dict[str, str]:
    """Play all parts; return the references of the tickets that tests use, by name."""
    named: dict[str, str] = {}
    for part in (
        weeks_before,
        forms,
        complaint,
        remedies,
        joined,
        customers,
        mails,
        agents_mails,
        undelivered,
        people_gone,
        reviews,
    ):
        named |= part(stage)
        stage.clock.advance(minutes=30)
        if part is complaint:
            stage.rotate()
    in_flight(stage)
    return named


def form(stage: Stage, kind: str, who: str, text: str, shop: str = "northlight", files: int = 0,
         flows: bool = True, **more: str) -> str:  # fmt: skip
    """Open a ticket by the form; return its reference."""
    number = next(stage.numbers)
    fields = {"name": who.partition("@")[0].title(), "email": who, "kind": kind, "message": text, "language": "en"}
    sent = [IncomingFile(f"shade-{n}.pdf", "application/pdf", PDF) for n in range(files)]
    caller = Caller("192.0.2.1", key=f"form {number}")
    ticket = submit(stage.deps, stage.shop(shop), fields | more, sent, caller).ticket
    if flows:
        stage.flows()
    return ticket.ref


def weeks_before(stage: Stage) -> dict[str, str]:
    """Expired tickets are purged; neglected ones get escalations and reminders, and suspicious ones are closed."""
    gone = stage.writes("spam@spam.example", "Buy this.", failed=("spam",))
    stage.acts("spam", gone)
    late = form(stage, "complaint", JO, "Nobody answers me.", topic="late")
    referred = form(stage, "complaint", LEA, "It never came.", topic="not_received", order_number="NL-7")
    stage.acts("refer", referred, to="swiftparcel", facts="order_number", text="Where is it?")
    condemned = stage.writes("trap@spam.example", "Buy that.", failed=("virus",))
    settled = form(stage, "feedback", KIM, "I like the lamp.")
    stage.acts("answer", settled, text="Thank you.")
    back = form(stage, "return", KIM, "I send it back.", topic="faulty")
    extended = form(stage, "complaint", "patient@holm.example", "When does it come?", topic="late")
    stage.passes(days=1, hours=20)
    begun = stage.writes("more@spam.example", "Buy more.", failed=("spam",))
    stage.acts("spam", begun)
    for days in (1, 3, 1, 8, 16):
        if days == 8:
            stage.acts("answer", back, text="Please do.")
        if days == 16:  # after the promised day, but before it closes automatically
            customer_page.reply(stage.deps, stage.link(back), {"message": "I have."}, [])
            # Its notice is sent too late: by then the thirty days are over.
            _said_only(stage, "extend", extended, by="10 days", reason="The glass is blown by hand.")
        stage.passes(days=days)
        stage.console(send_digests, {})
    assert stage.console(retention.purge_expired, {})["purged"] == 1
    stage.passes(days=2)
    assert stage.ticket(condemned).state is State.CLOSED
    return {"late": late, "referred": referred, "condemned": condemned, "settled": settled, "begun": begun}


def forms(stage: Stage) -> dict[str, str]:
    """Tickets of every kind by the form: with files, with an upload, and filled in by a machine."""
    asked = {"filename": "shade.jpg", "content_type": "image/jpeg", "size": "7"}
    begun = uploading.begin(stage.deps, stage.shop(), asked, "192.0.2.1")
    stage.places.s3.put_object(
        Bucket=stage.places.files_bucket, Key=begun["fields"]["key"], Body=b"\xff\xd8photo", ContentType="image/jpeg"
    )
    parcels = uploading.all_incoming_files(stage.deps, stage.shop(), [], [uploading.Uploaded(begun["upload"])])
    fields = {"name": "Mira Holm", "email": MIRA, "kind": "question", "message": "Does it dim?", "language": "de"}
    token = links.form_token(stage.deps, stage.shop())
    waiting = submit(
        stage.deps, stage.shop(), fields, parcels, Caller("192.0.2.9", key="q", form_token=token)
    ).ticket.ref
    stage.flows()
    stage.acts("ask", waiting, text="Which one is it?")
    warranty = form(
        stage, "warranty", MIRA, "It flickers.", topic="faulty", purchase_date="2026-03-01", product="Lamp",
        serial_number="77",
        country="AT", files=1,
    )  # fmt: skip
    returned = form(stage, "return", KIM, "I send it back.", topic="wrong_size_ordered", terms_accepted="yes")
    stage.acts("instruct", returned, text="Put it in its box.")
    came_back = form(stage, "question", KIM, "Does it fit?")
    stage.acts("ask", came_back, text="Where?")
    customer_page.reply(stage.deps, stage.link(came_back), {"message": "In the hall."}, [])
    request = form(stage, "data_request", ROBIN.replace("robin", "pat"), "What do you have of me?", shop="kettle")
    stage.acts("confirm_identity", request, ROBIN, "kettle")
    form(stage, "privacy_complaint", ROBIN.replace("robin", "sam"), "You passed on my address.", shop="kettle")
    mended = form(stage, "warranty", KIM, "It hums.", topic="faulty", product="Lamp")
    stage.acts("remedy", mended, remedy_kind="repair", owed_by="seller")
    stage.acts("remedy_done", mended, text="It hums no more.")
    link = links.confirmation_url(stage.deps, stage.ticket(request), stage.clock())
    confirming.confirm(stage.deps, link.rpartition("/")[2])
    trap = dict(fields, email="trap@bots.example", message="See www.bots.example")
    for number, caller in enumerate((
        Caller("192.0.2.7", key="t1", trap="x"), Caller("192.0.2.7", key="t2", form_token="not ours"),
        Caller("192.0.2.7", key="t3", form_token=links.form_token(stage.deps, stage.shop())),
    )):  # fmt: skip
        submit(stage.deps, stage.shop(), trap | {"name": f"Bot {number}"}, [], caller)
    stage.flows()
    return {"waiting": waiting, "warranty": warranty, "return": returned, "data_request": request}


def complaint(stage: Stage) -> dict[str, str]:
    """A complaint with everything that the procedure records, up to its final answer and after it."""
    main = form(stage, "question", MIRA, "The shade is cracked. ", files=2, order_number="NL-1")
    stage.acts("note", main, text=f"Ask {KIM}.")
    stage.acts("assign", main, to=TOM)
    stage.acts("prioritise", main, priority="high")
    stage.acts("change", main, kind="complaint", topic="faulty", order_number="NL-2", country="DE")
    stage.acts("claim", main, purchased="2026-01-03", delivered="2026-01-05", product="Lamp", serial="77")
    stage.acts("tag", main, tags="glass, christmas")
    stage.acts("answer", main, text=LONG)
    stage.acts("extend", main, by="10 days", reason="The glass is blown by hand.")
    stage.acts("refer", main, to="swiftparcel", facts="order_number, attachments", text="Where is it?")
    asked = stage.sent(SWIFT)
    stage.arrives(stage.mail(SWIFT, "It was lost.", asked.reply_to, file=PDF), asked.reply_to)
    stage.arrives(stage.mail(SWIFT, "Once more.", asked.reply_to), asked.reply_to)
    stage.acts("refer", main, address=JO, name="Jo", language="en", text="Can you mend it?")
    stage.arrives(stage.mail(JO, "I am away.", stage.sent(JO).reply_to, Auto_Submitted="auto-replied"),
                  stage.sent(JO).reply_to)  # fmt: skip
    stage.acts("end_referral", main, number="2", reason="They do not answer.")
    stage.acts("find", main, fault="courier", reason="The box was dented.")
    stage.acts("remedy", main, remedy_kind="replacement", carried_out_by="courier", note="a new shade")
    stage.acts("remedy_done", main, text="It is on its way.")
    stage.acts("conclude", main, outcome="upheld", text="You are right.")
    for score in ("3", "4"):
        rating.rate(stage.deps, stage.link(main), {"score": score, "rating_text": "Quick, in the end."}, "192.0.2.9")
    stage.flows()
    owing = form(stage, "complaint", KIM, "It hums.", topic="faulty")
    stage.acts("remedy", owing, remedy_kind="refund", owed_by="seller")
    stage.acts("conclude", owing, outcome="partly_upheld", text="We pay half.")
    refused = form(stage, "complaint", LEA, "It is too bright.", topic="faulty")
    stage.acts("conclude", refused, outcome="not_upheld", text="It is as bright as we said.")
    changed = form(stage, "feedback", LEA, "It is loud, and I want my money back.")
    stage.acts("change", changed, kind="return", topic="faulty")
    reopened = form(stage, "complaint", LEA, "It is too dark.", topic="faulty")
    stage.acts("close", reopened, outcome="settled", reason="By telephone.")
    stage.acts("reopen", reopened, reason="They wrote again.")
    return {"upheld": main, "owing": owing, "refused": refused, "reopened": reopened}


def remedies(stage: Stage) -> dict[str, str]:
    """All remedies, with all kinds of fault and performers; and more tickets of one customer than the policy allows."""
    for number, (remedy_kind, fault, who) in enumerate(zip(RemedyKind, cycle(Fault), cycle(Performer), strict=False)):
        customer = BEN if number < _BEFORE_TOO_MANY else LEA
        ref = form(stage, "complaint", customer, f"About {remedy_kind}.", topic="other", flows=False)
        stage.acts("find", ref, fault=fault.value, reason="We looked.", flows=False)
        owed_by = "customer" if remedy_kind is RemedyKind.RETURN else "seller"
        due = f"{stage.clock() + timedelta(days=9):%Y-%m-%d}"
        details = (
            {} if remedy_kind is RemedyKind.NONE else {"owed_by": owed_by, "carried_out_by": who.value, "due": due}
        )
        details |= {"amount": "12.50", "currency": "GBP"} if remedy_kind in IN_MONEY else {}
        stage.acts("remedy", ref, remedy_kind=remedy_kind.value, note="as agreed", flows=False, **details)
    for shop in ("northlight", "northlight", "northlight", "kettle"):  # too many tickets, then acknowledgements
        form(stage, "question", BEN, f"Once more: {next(stage.numbers)}.", shop, flows=False)
    stage.flows()
    return {}


def joined(stage: Stage) -> dict[str, str]:
    """Tickets that are merged, split, put on legal hold, and logged by agents."""
    into, from_ = (
        form(stage, "question", MIRA, "Where is it?"),
        form(stage, "question", MIRA, "And where now?", files=1),
    )
    stage.acts("link", into, to=from_)
    stage.acts("merge", from_, into=into, anyway="true")
    customer_page.reply(stage.deps, stage.link(into), {"message": "The screws are missing, too."},
                        [IncomingFile("screws.pdf", "application/pdf", PDF)])  # fmt: skip
    stage.flows()
    stage.acts("split", into, message=stage.messages(into)[-1].id, subject="The screws", kind="complaint")
    drafts.save_draft(stage.deps, stage.shop(), into, ADA, f"I begin to write to {MIRA}")
    with_facts, empty = (form(stage, "complaint", LEA, "It never came.", topic="late") for _ in "ab")
    stage.acts("refer", with_facts, address=JO, name="Jo", language="en", text="Can you mend it?")
    stage.acts("extend", with_facts, by="10 days", reason="The glass is blown by hand.")
    stage.acts("merge", with_facts, into=empty, anyway="true")
    held = form(stage, "complaint", KIM, "I shall sue you.")
    stage.acts("place_legal_hold", held, reason="A lawyer wrote.")
    stage.acts("close", held, outcome="settled", reason="By telephone.")
    stage.console(retention.lift_legal_hold, {"shop": "northlight", "reference": held, "reason": "It is over"})
    stage.console(retention.place_legal_hold, {"shop": "northlight", "reference": held, "reason": "It is not"})
    readdressed = form(stage, "question", JO, "I write for Kim.")
    stage.acts("readdress", readdressed, address=KIM, name="Kim Adler")
    for number, channel in enumerate((Channel.PHONE, Channel.FAX, Channel.POST, Channel.IN_STORE, Channel.CHAT,
                                      Channel.SOCIAL)):  # fmt: skip
        called = {"channel": channel.value, "notes": f"They called: {number}.", "name": "Jo", "phone": "+49 30 901820"}
        ticket, _ = _logged(stage, called | {"subject": f"By {channel}"}, number)
    again = {"channel": "phone", "reference": ticket}
    _logged(stage, again | {"notes": "Once more."}, 7)
    _logged(stage, again | {"direction": "out", "notes": "Nobody there."}, 8)
    _logged(stage, again | {"direction": "out", "answered": "true", "notes": "Told."}, 9)
    return {"joined": from_, "successor": into, "held": held, "by_phone": ticket}


def _logged(stage: Stage, fields: dict[str, str], number: int) -> tuple[str, bool]:
    said = ActionInput(fields, Person("Ada", ADA))
    ticket, new = log_contact(stage.deps, stage.shop(), said, f"call {number}")
    stage.flows()
    return ticket.ref, new


def customers(stage: Stage) -> dict[str, str]:
    """Mails of customers and other participants; withdrawn links; a used receipt."""
    ref = stage.writes("first@holm.example", "My lamp is broken.", Cc=KIM, file=PDF, passed=())
    token = links.receipt_url(
        stage.deps, stage.ticket(form_ref := form(stage, "question", "rec@holm.example", "Is it?"))
    )
    customer_page.reply(stage.deps, token.rpartition("/")[2], {"message": "By the receipt."}, [])
    customer_page.view(stage.deps, stage.link(form_ref))  # opening it confirms the address
    stage.flows()
    to = stage.sent("first@holm.example").reply_to
    first = stage.mail("first@holm.example", "More of it.", to, file=PDF)
    for _ in range(2):  # delivered twice
        stage.arrives(first, to)
    stage.arrives(stage.mail("stranger@else.example", "I heard of it.", to), to)
    stage.arrives(stage.mail(KIM, "I saw it.", to), to)
    stage.arrives(stage.mail("first@holm.example", "Buy!", to), to, failed=("spam",))
    away = stage.mail("first@holm.example", "I am away until Monday.", to, Auto_Submitted="auto-replied")
    stage.arrives(away, to)
    stage.writes("Market <no-reply@market.example>", "It hums.", Reply_To="buyer@market.example")
    stage.writes("secretary@holm.example", "My chief's lamp hums.", Reply_To="chief@holm.example")
    page = stage.link(ref)
    stage.console(quarantine.withdraw_links, {"shop": "northlight", "reference": ref})
    stage.arrives(stage.mail("late@else.example", "I still have your address.", to), to)
    return {"withdrawn": ref, "withdrawn_page": page}


def mails(stage: Stage) -> dict[str, str]:
    """Mails of all kinds, which open a ticket or not."""
    stage.writes("forged@bank.example", "I am the bank.", failed=("dmarc",))
    stage.arrives(b"From: Odd <odd@x..example>\r\nTo: care@help.northlight.example\r\nSubject: Odd\r\n\r\nHello.\r\n")
    stage.arrives(b"From: x@odd.example\r\nSubject: \xff\r\n\r\n\xff\xfe", received=4)
    stage.deps.mail_log.note_attempt("raw/tried", stage.clock())  # its run has crashed
    stage.arrives(b"From: y@odd.example\r\nSubject: bytes\r\n\r\n" + bytes(range(128, 256)) * 4)
    stage.writes("away@lists.example", "I am away until Monday.", Auto_Submitted="auto-replied")
    stage.arrives(stage.mail("quiet@holm.example", "Tell nobody.", Precedence="bulk"))
    stage.arrives(stage.mail("quiet2@holm.example", "No answer, please.", X_Auto_Response_Suppress="All"))
    stage.arrives(stage.mail("nobody@else.example", "For nobody."), to="nobody@elsewhere.example")
    stage.arrives(stage.mail(TOM, "Ada does the first.", plus_address(CARE, "digest")), plus_address(CARE, "digest"))
    quarantined = stage.writes("genuine@holm.example", "Not spam.", failed=("spam",))
    stage.console(quarantine.list_quarantine, {"shop": "northlight"})
    stage.console(quarantine.release_from_quarantine, {"shop": "northlight", "reference": quarantined})
    stage.flows()
    return {"released": quarantined, "quarantined": stage.writes("kept@spam.example", "Buy.", failed=("spam",))}


def agents_mails(stage: Stage) -> dict[str, str]:
    """Agents' mails: answers, and mails kept as internal, for each reason."""
    ref = stage.writes("theirs@holm.example", "My lamp is broken.")
    to = stage.sent(ADA).reply_to

    def says(text: str, at: str = to, who: str = f"Ada Lindqvist <{ADA}>", passed: tuple[str, ...] = ("dmarc",),
             **headers: Any) -> None:  # fmt: skip
        stage.arrives(stage.mail(who, text, at, subject=f"Re: [{ref}]", **headers), at, passed=passed)

    says("A new one comes.")
    says("Not proven.", passed=())
    says("By nobody.", who=f"Ada <{ADA}>, eve@else.example")
    says("From elsewhere.", who="eve@else.example")
    says("To others.", To="others@else.example", Cc=to)
    says("Straight to them.", To="theirs@holm.example", Cc=to)
    says("")
    says("By the customer's token.", stage.sent("theirs@holm.example").reply_to)
    says("I am away.", Auto_Submitted="auto-replied")
    theirs = stage.sent("theirs@holm.example").reply_to
    stage.arrives(report("unknown", "else@else.example"), theirs)
    answer = stage.mail(f"Ada <{ADA}>", "We send another.\n\n-- \nAda, Northlight", to, subject=f"Re: [{ref}]")
    answer.add_alternative('<p>We send another.</p><p>-- <br>Ada<br><img src="cid:1"></p>', subtype="html")
    shown = answer.get_payload(1)
    assert isinstance(shown, EmailMessage)
    shown.add_related(b"PNG", "image", "png", cid="<1>", filename="logo.png")
    stage.arrives(answer, to)
    called, _ = _logged(stage, {"channel": "phone", "notes": "No address.", "name": "Jo"}, 20)
    says("Who reads it?", plus_address(CARE, stage.token(called, Role.AGENT)))
    forwarded = "Please see.\n\n---------- Forwarded message ---------\nFrom: {}\nSubject: Lamp\nTo: me\n\nIt hums.\n"
    for number, of in enumerate(("Pat Lee <pat@lee.example>", "noreply@northlight.example")):
        stage.arrives(stage.mail(f"Ada <{ADA}>", forwarded.format(of), subject=f"Fwd: Lamp {number}"))
    stage.arrives(stage.mail(f"Ada <{ADA}>", "For you.", subject="A copy", To="others@else.example", Cc=CARE))
    return {"by_mail": ref}


def undelivered(stage: Stage) -> dict[str, str]:
    """Mails that do not arrive, or that SES refuses."""
    for number, delivery_event in enumerate(DeliveryEvent):
        ref = stage.writes(f"fate{number}@gone.example", "Broken.")
        stage.acts("answer", ref, text="It comes.")
        stage.told(delivery_event, f"fate{number}@gone.example")
    stage.arrives(report(stage.sent("fate0@gone.example").id, "fate0@gone.example"))
    ref = stage.writes("refused@gone.example", "Broken.")
    with stage.refusing(passing=False):
        stage.acts("answer", ref, text="It comes.")
    deadly = stage.writes("deadly@gone.example", "Broken.")
    _dies(stage, deadly, 4)
    hopeless = stage.writes("hopeless@gone.example", "Broken.")
    _dies(stage, hopeless, 7)
    stage.writes("fate0@gone.example", "Once more.")  # it bounced before: nothing is confirmed
    overtaken = stage.writes("late@gone.example", "Broken.")
    _said_only(stage, "conclude", overtaken, outcome="upheld", text="You are right.")
    stage.clock.advance(seconds=10)
    link = links.status_url(stage.deps, stage.ticket(overtaken)).rpartition("/")[2]
    customer_page.reply(stage.deps, link, {"message": "One thing more."}, [])
    stage.flows()
    stage.console(reconciling.reconcile, {})
    stage.console(health_checks.health, {})
    return {"undelivered": ref}


def _dies(stage: Stage, ref: str, times: int) -> None:
    """Sending the answer crashes so many times; then its short form is sent, or it is given up."""
    answer = _said_only(stage, "answer", ref, text="It comes.")
    for _ in range(times):
        with stage.dying():
            post(stage.deps, answer)
        stage.clock.advance(seconds=LEASE.total_seconds() + 1)
    post(stage.deps, answer)


def _said_only(stage: Stage, action: str, ref: str, **fields: str) -> ItemRef:
    """An agent acts, and the stream has not delivered it yet. Returns the message that owes mails."""
    stage.clock.advance(seconds=10)
    event = {"shop": "northlight", "reference": ref, "agent": ADA, "action": action}
    stage.console(console.act_on_ticket, event | fields)
    return ItemRef(ref, stage.messages(ref)[-1].id)


def people_gone(stage: Stage) -> dict[str, str]:
    """People's data corrected and erased: from other customers' tickets, and together with their own tickets."""
    gone = "gone@holm.example"
    own = form(stage, "question", gone, "Delete me, please.", files=1)
    others = stage.writes("with@holm.example", f"Ask {gone}.", Cc=gone, file=PDF)
    to = stage.sent("with@holm.example").reply_to
    stage.arrives(stage.mail(gone, "I saw it.", to, file=PDF), to)
    for ref in (own, others):
        stage.acts("close", ref, outcome="settled", reason="By telephone.")
    stage.passes(minutes=10)
    asked = {"shop": "northlight", "email": gone, "confirm": gone, "reason": "Asked for by letter"}
    done = stage.console(erasing.erase_subject, asked)
    assert (done["deleted"], done["anonymised"]) == (1, 1), done
    half = "half@holm.example"
    left = stage.writes("still@holm.example", f"Ask {half}.", Cc=half)
    to = stage.sent("still@holm.example").reply_to
    stage.arrives(stage.mail(half, "I saw it.", to, file=PDF), to)
    stage.acts("close", left, outcome="settled", reason="By telephone.")
    stage.passes(minutes=10)
    asked |= {"email": half, "confirm": half}
    with stage.unable("list_object_versions"), suppress(ConnectionError):
        stage.console(erasing.erase_subject, asked)
    assert stage.ticket(left).custody.leaving
    right = {"shop": "northlight", "email": JO, "name": "Jo Tannhauser", "phone": "+49 30 5550144"}
    assert stage.console(rectifying.rectify_subject, right)["corrected"]
    stage.flows()
    return {"anonymised": others}


def reviews(stage: Stage) -> dict[str, str]:
    """Requests for a review: one is sent; one ticket was reopened, one customer got too many mails, one objected."""
    sold: dict[str, Any] = {"topic": "faulty", "order_number": "KC-7", "advert_notice": "1"}
    asked = ("asked@holm.example", "again@holm.example", "busy@holm.example", "never@holm.example")
    refs = [form(stage, "complaint", who, "It hums.", shop="kettle", **sold) for who in asked]
    for ref in refs:
        stage.acts("close", ref, ROBIN, "kettle", outcome="settled", reason="By telephone.")
    link = objections.url(stage.deps, stage.shop("kettle"), "never@holm.example", "en")
    objections.end_adverts(stage.deps, link.rpartition("/")[2].partition("?")[0])
    stage.clock.advance(days=2, minutes=1)
    look_after_due(stage.deps)
    stage.acts("reopen", refs[1], ROBIN, "kettle", reason="They called.", flows=False)
    for _ in range(MANY):
        form(stage, "question", "busy@holm.example", f"Once more: {next(stage.numbers)}.", flows=False)
    stage.flows()
    return {}


def in_flight(stage: Stage) -> None:
    """Unfinished work: mails in every stage, a run, a purge, exports, sign-ins."""
    refs = [form(stage, "complaint", LEA, f"Something else: {n}.", topic="late") for n in range(4)]
    with stage.dying():
        post(stage.deps, _said_only(stage, "answer", refs[0], text="By whom?"))
    stage.clock.advance(days=3)
    with stage.unable("list_object_versions"):
        stage.console(retention.purge_expired, {})
    form(stage, "question", LEA, "How bright is it?")
    look_after_due(stage.deps)  # these mails are held back, so that one mail can report several tickets
    stage.clock.advance(minutes=3)
    with stage.dying():
        look_after_due(stage.deps)
    with stage.refusing(passing=True), suppress(NotSent):
        post(stage.deps, _said_only(stage, "answer", refs[1], text="Later."))
    _said_only(stage, "answer", refs[2], text="At once.")
    _said_only(stage, "extend", refs[3], by="10 days", reason="The glass is blown by hand.")
    first = f"{stage.ticket(stage.refs()[0]).opened_at:%Y-%m-%d}"
    day = {"shop": "northlight", "from": first, "to": first}
    stage.console(ticket_exports.export_tickets, day | {"format": "jsonl", "messages": True})
    stage.console(ticket_exports.export_tickets, day | {"format": "csv"}, steps=3)
    for number in range(2):
        signing_in.ask(stage.deps, TOM, "192.0.2.3", "/desk", "en")
        token = stage.sent(TOM).text.partition("?t=")[2].split()[0]
        if number:
            signing_in.redeem(stage.deps, token)
    cookie = signing_in.begin(stage.deps, TOM)
    stage.clock.advance(minutes=31)
    signing_in.authenticate(stage.deps, cookie)  # the session gets its next key
    holder = signing_in.authenticate(stage.deps, signing_in.begin(stage.deps, ADA))
    stage.clock.advance(minutes=1)
    signing_in.sign_out(stage.deps, holder, everywhere=True)
    stage.deps.sessions.claim_attempt("attempt", stage.clock() + timedelta(minutes=9))
