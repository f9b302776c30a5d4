"""Signing in to the desk, who is away, and rate limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.rules.access.absences import Absences
from chalicelib.rules.access.sessions import Session, SignIn
from chalicelib.rules.intake.limits import Bound, Limit


class Limits(Protocol):
    """Counts how often something happens."""

    def count(
        self, firm: Sequence[Limit], now: datetime, *, soft: Sequence[Limit] = (), idempotency_key: str = ""
    ) -> frozenset[Bound]:
        """Count one against every limit; returns the limits that are used up. If a firm limit is used up, nothing is
        counted; otherwise every firm limit is. The soft limits are counted only if none of them is used up. The same
        `idempotency_key` is counted only once: when it comes again, it gets the first answer."""


class Sessions(Protocol):
    """Sign-in links and sessions of the desk."""

    def put_sign_in(self, sign_in: SignIn) -> None: ...

    def sign_in(self, id: str, now: datetime) -> SignIn | None:
        """The link, if it can still be used."""

    def use_sign_in(self, id: str, now: datetime) -> SignIn | None:
        """Use the link. Only the first caller gets it; all others get None, even at the same time."""

    def claim_attempt(self, id: str, ends_at: datetime) -> bool:
        """Whether an attempt at single sign-on returns for the first time; remembered until `ends_at`."""

    def put_session(self, session: Session) -> bool:
        """Store a new session, or the next version of a stored one; False if another change came first."""

    def session(self, id: str) -> Session | None: ...

    def sign_out_everywhere(self, address: str, at: datetime) -> None:
        """End every session of the agent that began before `at` (the agent's epoch)."""

    def signed_out_at(self, address: str) -> datetime | None:
        """When the agent last signed out everywhere; None if that is so long ago that all earlier sessions have
        ended."""


class AbsenceList(Protocol):
    """The absences of each shop's agents."""

    def absences(self, shop: str) -> Absences:
        """As they stand now, in one request."""

    def lately(self, shop: str, now: datetime) -> Absences:
        """As they stood at most a minute ago: read once a minute by each process, however many mails it sends."""

    def put_absences(self, shop: str, absences: Absences, now: datetime) -> bool:
        """Store the next version; False if another change came first."""


class Issuer(Protocol):
    """The provider that signs agents in by single sign-on (OpenID Connect)."""

    url: str
    client_id: str

    def authorization_endpoint(self) -> str:
        """Where browsers are sent to sign in. Raises OidcProviderError."""

    def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """Exchange a code for the ID token at the issuer's token endpoint. Raises OidcProviderError."""

    def check_signature(self, token: str) -> None:
        """Raises id_tokens.InvalidIdToken if none of the issuer's published keys signed the token, and
        OidcProviderError."""
