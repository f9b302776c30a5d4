"""Aftercare's table of contents: the routes, and every event source as a function of a few lines.

Event sources stand here and not in blueprints, because Chalice runs this module's middleware for them only here.
"""

from functools import partial
from typing import Any

from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from chalicelib.aws import events
from chalicelib.services import aside, console, digesting, reconciling
from chalicelib.services.bouncing import note_event
from chalicelib.services.escalating import look_after_due
from chalicelib.services.indexing import index
from chalicelib.services.posting import note_sent, post
from chalicelib.services.receiving import receive
from chalicelib.telemetry import observed
from chalicelib.web import assets, customer, desk_login, desk_oidc, intake, policy_page, status
from chalicelib.wiring import deps

app = Chalice(app_name="aftercare")
app.api.binary_types = [*app.api.binary_types, "multipart/form-data"]

for blueprint in (intake, customer, policy_page, desk_login, desk_oidc, assets, status):
    app.register_blueprint(blueprint.routes)

app.register_middleware(observed, "all")


@app.on_sqs_message(queue="MailQueue", batch_size=5)
def receive_mail(event: SQSEvent) -> dict[str, Any]:
    """Raw mails have arrived: each becomes a ticket or part of one."""
    return events.each_mail(event.to_dict(), partial(receive, deps()))


@app.on_dynamodb_record(stream_arn="Table", batch_size=20)
def send_mail(event: DynamoDBEvent) -> None:
    """Tickets and messages that owe mails were committed: send them."""
    events.each_owing(event.to_dict(), partial(post, deps()), partial(events.time_left, event.context))


@app.on_dynamodb_record(stream_arn="Table", batch_size=10)
def index_words(event: DynamoDBEvent) -> None:
    """Tickets and messages were committed: make them findable by their words."""
    events.each_said(event.to_dict(), partial(index, deps()))


@app.lambda_function()
def escalate_overdue(event: Any, context: Any) -> dict[str, int]:
    """Every five minutes, or by hand with {}: whatever on the agenda has come due is looked after."""
    return look_after_due(deps(), partial(events.time_left, context))


@app.on_sqs_message(queue="DeliveryQueue", batch_size=10, maximum_batching_window_in_seconds=2)
def note_delivery(event: SQSEvent) -> dict[str, Any]:
    """The mail service tells of mails it took, that bounced or that were complained of."""
    return events.each_event(event.to_dict(), partial(note_sent, deps()), partial(note_event, deps()))


@app.lambda_function()
def reconcile(event: Any, context: Any) -> dict[str, Any]:
    """Every hour, or by hand with {}: raw mails without an outcome go back on the queue, and mails are counted."""
    return reconciling.reconcile(deps())


@app.lambda_function()
def kept_aside(event: Any, context: Any) -> dict[str, Any]:
    """For admins: the tickets of a shop that were kept aside. Event: {"shop": "northlight"}."""
    return aside.kept_aside(deps(), event)


@app.lambda_function()
def release_aside(event: Any, context: Any) -> dict[str, Any]:
    """For admins: a ticket kept aside is genuine. Event: {"shop": "northlight", "reference": "NL-7K3F9-QXMT2"}."""
    return aside.release_aside(deps(), event)


@app.lambda_function()
def act_on_ticket(event: Any, context: Any) -> dict[str, Any]:
    """For agents: answer, extend, refer, conclude and whatever else there is to do. Event: see docs/operations.md."""
    return console.act_on_ticket(deps(), event)


@app.lambda_function()
def send_digests(event: Any, context: Any) -> dict[str, Any]:
    """Every quarter of an hour, or by hand with {}: each shop's owners get the day's digest when its time has come."""
    return digesting.send_digests(deps())


@app.lambda_function()
def withdraw_links(event: Any, context: Any) -> dict[str, Any]:
    """For admins: all links to a ticket stop working. Event: {"shop": "northlight", "reference": "NL-7K3F9-QXMT2"}."""
    return aside.withdraw_links(deps(), event)
