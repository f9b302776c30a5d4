"""The command line: `python -m local run`, `invoke`, `clock`, `hook`, `say`, `story`, `shots`, `rehearse`,
`parse-mail`, `publish-policies`, `verify-terms` and `policy-check`.
Each command imports what it needs only when it is called, so that the small ones start at once."""

import argparse
import sys
from pathlib import Path

# The shops of the story and the pictures. They are fictional, so that these stay the same when a shop edits its policy.
FICTIONAL = Path("tests/support/policy.toml")

# What is often written for a country, and what to write.
_NO_COUNTRY = {"UK": "GB", "EL": "GR", "EU": "each country: DE,FR"}


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "parse-mail":
        from local import parse_mail

        return parse_mail.main() or 0
    if options.command == "invoke":
        from local import invoke

        return invoke.main(options.function, options.payload, options.data)
    if options.command == "clock":
        from local import clock

        return clock.main(options.move, options.data)
    if options.command == "hook":
        from local.events import posting

        return posting.main(
            posting.Options(
                options.source, options.file, options.data, options.shop, options.topic, options.secret, options.as_is
            )
        )
    if options.command == "say":
        from local.events import saying

        return saying.main(
            saying.Options(
                options.provider, options.who, options.text, options.data, options.shop, options.name, options.comment
            )
        )
    if options.command == "story":
        from local.story import order_telling, telling

        told = 0 if options.only == "order" else telling.main(options.book, options.policy)
        return told if told or options.only == "complaint" else order_telling.main(options.order_book, options.policy)
    if options.command == "shots":
        from local.shots import taking

        return taking.main(options.out, options.readme, options.policy)
    if options.command in ("publish-policies", "policy-check", "verify-terms"):
        return _about_policies(options)
    if options.command == "rehearse":
        from local.rehearsal import rehearsing

        return rehearsing.main(options.guide, options.emulator_python.absolute())
    from local import run

    return run.main(
        run.Options(
            data=options.data.resolve(),
            port=options.port,
            smtp_port=options.smtp_port,
            mail_port=options.mail_port,
            rate_limits=options.rate_limits,
            loop=options.loop == "on",
            policy=options.policy.absolute(),
            iam=options.iam == "on",
            emulator_python=options.emulator_python.absolute(),
        )
    )


def _about_policies(options: argparse.Namespace) -> int:
    """2 if a file cannot be read or written, or the policy is no policy, with the reason on standard error."""
    from chalicelib.errors import PolicyMistakes
    from deploy.documents import commands

    try:
        if options.command == "publish-policies":
            return commands.publish(options.policy)
        if options.command == "verify-terms":
            return commands.verify(options.file, options.policy)
        if options.dossier:
            from local.previews import dossier

            dossier.write(options.dossier, options.policy, options.markets)
        return commands.check(options.policy, options.markets)
    except (OSError, PolicyMistakes) as error:
        print(error, file=sys.stderr)
        return 2


def _markets(text: str) -> list[str]:
    """The countries in a list such as "DE, GB". A code that no country has would leave out rules without a word."""
    codes = [code for each in text.upper().split(",") if (code := each.strip())]
    for code in codes:
        if code in _NO_COUNTRY or not (code.isascii() and code.isalpha() and len(code) == 2):
            meant = _NO_COUNTRY.get(code, "countries by their two letters (ISO 3166-1), with commas in between: DE,GB")
            raise argparse.ArgumentTypeError(f"{code!r} is no country's code: write {meant}")
    return codes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Aftercare on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="package, deploy to the embedded AWS and serve, until Ctrl-C")
    run.add_argument("--port", type=int, default=8000, help="HTTP, for forms and customer pages (%(default)s)")
    run.add_argument("--smtp-port", type=int, default=2525, help="takes the customers' mail (%(default)s)")
    run.add_argument("--mail-port", type=int, default=8025, help="shows the mail that was sent (%(default)s)")
    run.add_argument("--data", type=Path, default=Path(".local"), help="keeps all data between runs (%(default)s)")
    run.add_argument("--rate-limits", choices=["on", "off"], default="on")
    run.add_argument(
        "--loop", choices=["on", "off"], default="off", help="mail sent to a shop's own addresses comes in again"
    )
    run.add_argument(
        "--iam", choices=["on", "off"], default="off", help="each function has its own rights and no others"
    )
    run.add_argument(
        "--emulator-python",
        type=Path,
        default=Path(".venv-aws/bin/python"),
        help="the Python that has the embedded AWS installed (%(default)s)",
    )
    run.add_argument(
        "--policy", type=Path, default=Path("templates/policy.toml"), help="what the shops promise (%(default)s)"
    )

    invoke = commands.add_parser("invoke", help="call a function of the running stack, as the console's Test button")
    invoke.add_argument("function", help="its name in app.py, such as list_quarantine")
    invoke.add_argument("payload", nargs="?", default="{}", help="the event as JSON, or @name of a shipped one")
    invoke.add_argument("--data", type=Path, default=Path(".local"), help="DATA of the running stack (%(default)s)")

    clock = commands.add_parser("clock", help="move the running stack's clock on, or show it")
    clock.add_argument("move", nargs="?", default="", help="+30m, +4h, +3d, 2027-03-01T09:12Z, or reset")
    clock.add_argument("--data", type=Path, default=Path(".local"), help="DATA of the running stack (%(default)s)")

    hook = commands.add_parser("hook", help="post an event of a shop's system to the running stack, signed")
    hook.add_argument("source", help="own, shopify, woocommerce, shopware or twilio")
    hook.add_argument("file", type=Path, help="the body, such as tests/hooks/shopify/orders_create.json")
    hook.add_argument("--shop", default="", help="its id in the policy (default: the first)")
    hook.add_argument("--topic", default="", help="as the header has it (default: by the file's name)")
    hook.add_argument("--secret", default="", help="what the body is signed with (default: the stack's own)")
    hook.add_argument("--as-is", action="store_true", help="do not move its moments so that the newest is now")
    hook.add_argument("--data", type=Path, default=Path(".local"), help="DATA of the running stack (%(default)s)")

    say = commands.add_parser(
        "say", help="write to the running stack as a messenger's user, signed as the provider signs"
    )
    say.add_argument("provider", help="whatsapp, messenger, instagram, telegram or sms")
    say.add_argument("who", help="a telephone number, such as +4915112345678, or the provider's id")
    say.add_argument("text")
    say.add_argument("--shop", default="", help="its id in the policy (default: the first)")
    say.add_argument(
        "--comment", action="store_true", help="in public, below a post of the shop's (messenger, instagram)"
    )
    say.add_argument("--name", default="Mira Holm", help="as the provider shows it (%(default)s)")
    say.add_argument("--data", type=Path, default=Path(".local"), help="DATA of the running stack (%(default)s)")

    story = commands.add_parser(
        "story", help="live a complaint and an order through on a stack of its own each, and write them down"
    )
    story.add_argument("--book", type=Path, default=Path("docs/story.md"), help="what is written (%(default)s)")
    book = Path("docs/story-order.md")
    story.add_argument("--order-book", type=Path, default=book, help="what is written of the order (%(default)s)")
    story.add_argument("--only", choices=("complaint", "order"), help="only this one")
    story.add_argument("--policy", type=Path, default=FICTIONAL, help="of the shops it is told of (%(default)s)")

    shots = commands.add_parser("shots", help="photograph every page, on a stack of its own")
    shots.add_argument("--out", type=Path, default=Path(".local/shots"), help="where to (%(default)s)")
    shots.add_argument("--readme", type=Path, help="also take the README's pictures, to here")
    shots.add_argument("--policy", type=Path, default=FICTIONAL, help="of the shops on them (%(default)s)")

    rehearse = commands.add_parser("rehearse", help="type every command of the deployment guide, on the embedded AWS")
    rehearse.add_argument("--guide", type=Path, default=Path("docs/deploying.md"), help="(%(default)s)")
    rehearse.add_argument("--emulator-python", type=Path, default=Path(".venv-aws/bin/python"), help="(%(default)s)")

    publish = commands.add_parser("publish-policies", help="freeze the new versions of the shops' policy documents")
    verify = commands.add_parser("verify-terms", help="say which published version of a document a text is")
    verify.add_argument("file", type=Path, help="the text")
    check = commands.add_parser("policy-check", help="hold policy and documents against a table of rules")
    check.add_argument(
        "--markets", type=_markets, default="", help="countries where you sell, such as DE,GB (default: the shop's own)"
    )
    check.add_argument(
        "--dossier", type=Path, help="write every text, period and mail to this file, for a legal adviser"
    )
    for command in (publish, verify, check):
        command.add_argument(
            "--policy",
            type=Path,
            default=Path("templates/policy.toml"),
            help="the documents are in the folder policies beside it (%(default)s)",
        )

    commands.add_parser("parse-mail", help="print what is read from the mail on standard input")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
