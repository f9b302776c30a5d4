"""Checks of `health` on the mail service: whether it receives for us, and sends as our shops."""

from collections.abc import Iterator

from chalicelib.services.operations.checking import Found
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mail_account import Receiving

# Beyond this part of a day's mails, SES soon refuses the rest.
_NEARLY_ALL = 0.8
_GO_LIVE = "type make go-live for this stage: it says what is missing"
_UNKNOWN = "; the function may not ask it, or it does not say"


def receiving(deps: Deps) -> Iterator[Found]:
    """Only one receipt rule set can be active in an account and region."""
    if deps.mail_account is None:
        return
    match deps.mail_account.receiving():
        case Receiving.BY_NONE:
            yield "no receipt rule set of SES is active: no mail comes in", _GO_LIVE
        case Receiving.BY_OTHERS:
            yield (
                "another receipt rule set than ours is active in SES: no mail comes in",
                "find out whose it is (aws ses describe-active-receipt-rule-set), then type make go-live",
            )
        case Receiving.UNKNOWN:
            yield f"whether our receipt rule set is SES's active one{_UNKNOWN}", None


def sending(deps: Deps) -> Iterator[Found]:
    if deps.mail_account is None:
        return
    account = deps.mail_account.sending()
    if account is None:
        yield f"what SES's account may send{_UNKNOWN}", None
        return
    if not account.active:
        yield "SES has paused sending for this account", "see AWS's mail to its owner, and SES's console; then answer"
    if account.reviewed:
        yield (
            "SES reviews this account, because of bounces or complaints, and may pause it",
            "see AWS's mail to its owner, and the runbooks on the bounce and the complaint rate",
        )
    if account.sandbox:
        yield (
            "SES's account is in its sandbox: it sends only to verified addresses",
            "ask AWS for production access (docs/deploying.md, step 6)",
        )
    if account.share >= _NEARLY_ALL:
        yield f"SES has sent {account.share:.0%} of the mails that it sends in a day", "ask AWS for a higher quota"


def domains(deps: Deps) -> Iterator[Found]:
    if deps.mail_account is None:
        return
    for name in sorted({shop.support.rpartition("@")[2].lower() for shop in deps.policy.shops.values()}):
        domain = deps.mail_account.domain(name)
        if domain is None:
            yield f"whether SES sends as {name}{_UNKNOWN}", None
        elif not domain.verified:
            yield f"SES has not verified {name}: it neither sends nor receives for it", _GO_LIVE
        else:
            if not domain.signed:
                yield f"SES does not sign the mails of {name} with DKIM", f"{_GO_LIVE} in DNS"
            if not domain.return_path:
                yield f"the return path of {name} does not work: SPF does not vouch for us", f"{_GO_LIVE} in DNS"
