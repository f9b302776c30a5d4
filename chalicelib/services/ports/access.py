"""Signing in to the desk, and limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.rules.access.sessions import Session, SignIn
from chalicelib.rules.intake.limits import Bound, Limit


class Limits(Protocol):
    """How often something happens."""

    def count(
        self, firm: Sequence[Limit], now: datetime, *, soft: Sequence[Limit] = (), idempotency_key: str = ""
    ) -> frozenset[Bound]:
        """Count one against every limit; which of them are used up, in one request where none is. One of the firm being
        so, nothing is counted, else all firm ones are; and all soft ones unless one of these is used up. What `once`
        names is counted only once: when it comes again it gets the answer it had."""


class Sessions(Protocol):
    """Sign-in links and sessions of the desk."""

    def put_sign_in(self, sign_in: SignIn) -> None: ...

    def sign_in(self, id: str, now: datetime) -> SignIn | None:
        """The link, if it can still be used."""

    def use_sign_in(self, id: str, now: datetime) -> SignIn | None:
        """The same, and whoever else uses it gets None: of any number at once, one."""

    def claim_attempt(self, id: str, ends_at: datetime) -> bool:
        """Whether an attempt at single sign-on comes back for the first time; remembered until its time is over."""

    def put_session(self, session: Session) -> bool:
        """Keep a new session, or a kept one's next version; False when another change came first."""

    def session(self, id: str) -> Session | None: ...

    def sign_out_everywhere(self, address: str, at: datetime) -> None:
        """Every session of the agent that began until then is over (the agent's epoch)."""

    def signed_out_at(self, address: str) -> datetime | None:
        """When the agent last signed out everywhere, as far as sessions from before could still be going."""


class Issuer(Protocol):
    """Who vouches for agents in single sign-on (OpenID Connect)."""

    url: str
    client_id: str

    def authorization_endpoint(self) -> str:
        """Where browsers are sent to sign in. Raises OidcProviderError."""

    def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """The ID token that the issuer's token endpoint gives for a code. Raises OidcProviderError."""

    def check_signature(self, token: str) -> None:
        """Raises id_tokens.InvalidIdToken unless a key that the issuer publishes signed it, OidcProviderError."""
