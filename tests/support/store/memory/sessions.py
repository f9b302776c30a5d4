"""Signing in and sessions."""

from datetime import datetime

from chalicelib.rules.access.sessions import Session, SignIn
from tests.support.store.memory.memory import Port


class Sessions(Port):
    """Implements services.ports.access.Sessions."""

    def put_sign_in(self, sign_in: SignIn) -> None:
        self._asked("write")
        self._memory.sign_ins[sign_in.id] = sign_in

    def sign_in(self, id: str, now: datetime) -> SignIn | None:
        self._asked("read")
        found = self._memory.sign_ins.get(id)
        return found if found and id not in self._memory.used and now < found.ends_at else None

    def use_sign_in(self, id: str, now: datetime) -> SignIn | None:
        found = self.sign_in(id, now)
        self._memory.used |= {id} if found else set()
        return found

    def claim_attempt(self, id: str, ends_at: datetime) -> bool:
        self._asked("write")
        known = id in self._memory.attempted
        self._memory.attempted.add(id)
        return not known

    def put_session(self, session: Session) -> bool:
        self._asked("write")
        before = self._memory.sessions.get(session.id)
        if (before.version if before else 0) != session.version - 1:
            return False
        self._memory.sessions[session.id] = session
        return True

    def session(self, id: str) -> Session | None:
        self._asked("read")
        return self._memory.sessions.get(id)

    def sign_out_everywhere(self, address: str, at: datetime) -> None:
        self._asked("write")
        self._memory.epochs[address] = at

    def signed_out_at(self, address: str) -> datetime | None:
        self._asked("read")
        return self._memory.epochs.get(address)
