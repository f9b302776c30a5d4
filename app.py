"""Aftercare's table of contents: the routes, and each event source as a function of a few lines.

Event sources stand here and not in blueprints, because Chalice runs this module's middleware for them only here. Each
section imports what its own functions need, and Lambda runs only the section of the function that it starts: the
time until a function can answer is mostly imports (decision 173).
"""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any

from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from chalicelib import cold_start
from chalicelib.aws import events
from chalicelib.aws.running import ENOUGH_MILLIS, Running
from chalicelib.services.ports.deps import Deps
from chalicelib.services.privacy.recording import recorded
from chalicelib.telemetry import observed
from chalicelib.wiring import afresh, deps

app = Chalice(app_name="aftercare")
app.experimental_feature_flags.add("WEBSOCKETS")
app.register_middleware(observed, "all")
app.register_middleware(afresh, "all")

if cold_start.runs("app"):
    from chalicelib.web import paths, routing

    app.api.binary_types = [*app.api.binary_types, "multipart/form-data", "font/woff2"]
    app.register_blueprint(paths.routes)
    routing.complete(app)

if cold_start.runs("receive_mail"):
    from chalicelib.services.intake.receiving import receive

    # One at a time: a mail that crashes its run must not affect others.
    @app.on_sqs_message(queue="MailQueue", batch_size=1)
    def receive_mail(event: SQSEvent) -> dict[str, Any]:
        """A raw mail has arrived: it becomes a ticket or a message on one."""
        enough = partial(events.time_left, event.context, events.ONE_RECEIVED_MILLIS)
        return events.each_mail(event.to_dict(), partial(receive, deps()), enough)


if cold_start.runs("receive_event"):
    from chalicelib.services.events import by_topic, receiving

    @app.on_sqs_message(queue="HookQueue", batch_size=5)
    def receive_event(event: SQSEvent) -> dict[str, Any]:
        """A shop's system has told what happened: it is recorded on the order."""
        enough = partial(events.time_left, event.context, events.ONE_HOOK_MILLIS)
        done, keep = partial(receiving.receive, deps()), partial(by_topic.keep, deps())
        return events.each_hook(event.to_dict(), done, enough, keep)


if cold_start.runs("send_mail"):
    from chalicelib.services.orders.dispatching import post

    @app.on_dynamodb_record(stream_arn="Table", batch_size=20)
    def send_mail(event: DynamoDBEvent) -> None:
        """Send the mails that newly committed tickets, messages and orders owe."""
        events.each_outbox(event.to_dict(), partial(post, deps()), partial(events.time_left, event.context))


if cold_start.runs("index_words"):
    from chalicelib.services.bells.ringing import pass_on
    from chalicelib.services.learning.counting import count
    from chalicelib.services.tickets.indexing import index

    @app.on_dynamodb_record(stream_arn="Table", batch_size=10)
    def index_words(event: DynamoDBEvent) -> None:
        """Ring for what is new in conversations, index new tickets and messages, count tickets that were changed."""
        events.each_indexed(event.to_dict(), partial(index, deps()), partial(count, deps()), partial(pass_on, deps()))


if cold_start.runs("websocket_connect", "websocket_message", "websocket_disconnect", "ring_bells"):
    from chalicelib.web.bells import sockets

    websocket_connect = app.on_ws_connect()(sockets.websocket_connect)
    websocket_message = app.on_ws_message()(sockets.websocket_message)
    websocket_disconnect = app.on_ws_disconnect()(sockets.websocket_disconnect)
    ring_bells = app.on_sns_message(topic="BellTopic")(sockets.ring_bells)

if cold_start.runs("note_delivery"):
    from chalicelib.services.orders.dispatching import note_event, note_sent

    @app.on_sqs_message(queue="DeliveryQueue", batch_size=10, maximum_batching_window_in_seconds=2)
    def note_delivery(event: SQSEvent) -> dict[str, Any]:
        """Record SES's delivery events: mails sent, bounced or complained about."""
        return events.each_event(event.to_dict(), partial(note_sent, deps()), partial(note_event, deps()))


def from_console(serve: Callable[[Deps, Any], Mapping[str, Any]]) -> Any:
    """Make a function for the console's Test button and for schedules; docs/operations.md describes each."""
    return recording(serve, lambda event, context: serve(deps(), event))


def at_length(serve: Callable[[Deps, Any, Running], Mapping[str, Any]], enough: int = ENOUGH_MILLIS) -> Any:
    """Like `from_console`, for a function that may need more time than one run has."""
    return recording(serve, lambda event, context: serve(deps(), event, Running(context, enough)))


def recording(serve: Callable[..., Any], run: Callable[[Any, Any], Mapping[str, Any]]) -> Any:
    """Make the function, with an audit event for each run."""

    @wraps(serve)
    def function(event: Any, context: Any) -> Mapping[str, Any]:
        return recorded(deps(), serve.__name__, event, context.aws_request_id, partial(run, event, context))

    return app.lambda_function(name=serve.__name__)(function)


if cold_start.runs("absences"):
    from chalicelib.services.operations.absences import absences as serve_absences

    absences = from_console(serve_absences)

if cold_start.runs("act_on_ticket", "list_quarantine", "release_from_quarantine", "withdraw_links", "reindex"):
    from chalicelib.services.operations import console, quarantine, reindexing

    act_on_ticket = from_console(console.act_on_ticket)
    list_quarantine = from_console(quarantine.list_quarantine)
    release_from_quarantine = from_console(quarantine.release_from_quarantine)
    withdraw_links = from_console(quarantine.withdraw_links)
    reindex = at_length(reindexing.reindex)

if cold_start.runs("place_legal_hold", "lift_legal_hold", "purge_expired", "verify_audit"):
    from chalicelib.services.privacy import auditing, retention

    place_legal_hold = from_console(retention.place_legal_hold)
    lift_legal_hold = from_console(retention.lift_legal_hold)
    purge_expired = at_length(retention.purge_expired)
    verify_audit = at_length(auditing.verify_audit)

if cold_start.runs("erase_subject", "rectify_subject"):
    from chalicelib.services.privacy import erasing, rectifying

    erase_subject = at_length(erasing.erase_subject)
    rectify_subject = at_length(rectifying.rectify_subject)

if cold_start.runs("export_tickets", "export_subject", "export_audit", "report"):
    from chalicelib.services.exports import audit_exports, reporting, subject_exports, ticket_exports

    export_tickets = at_length(ticket_exports.export_tickets)
    export_subject = at_length(subject_exports.export_subject)
    export_audit = at_length(audit_exports.export_audit)
    report = at_length(reporting.report)

if cold_start.runs("redrive", "health", "reconcile", "catch_up_orders"):
    from chalicelib.services.events import catching_up
    from chalicelib.services.operations import health_checks, reconciling

    redrive = from_console(health_checks.redrive)
    health = from_console(health_checks.health)
    reconcile = from_console(reconciling.reconcile)
    catch_up_orders = at_length(catching_up.catch_up_orders)

if cold_start.runs("tell_shops"):
    from chalicelib.services.events import telling_shops

    tell_shops = at_length(telling_shops.tell_shops, events.ONE_TOLD_MILLIS)

if cold_start.runs("escalate_overdue", "send_digests"):
    from chalicelib.services.actions import due_work
    from chalicelib.services.delivery import digesting

    escalate_overdue = at_length(due_work.escalate_overdue, events.ONE_MAIL_MILLIS)
    send_digests = from_console(digesting.send_digests)

cold_start.imported()
