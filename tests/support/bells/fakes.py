"""Stand-ins for the topic of the bells and for the wires to browsers."""

from dataclasses import dataclass, field

from chalicelib.rules.bells.connections import Bell
from chalicelib.services.ports.bells.bells import Heard


@dataclass(slots=True)
class FakeRinging:
    """Implements services.ports.bells.bells.Ringing: what was passed on."""

    bells: list[Bell] = field(default_factory=list)

    def pass_on(self, bell: Bell) -> None:
        self.bells.append(bell)


@dataclass(slots=True)
class FakeSockets:
    """Implements services.ports.bells.bells.Sockets: what each connection heard; those in `becomes` do not hear."""

    heard: list[tuple[str, bytes]] = field(default_factory=list)
    becomes: dict[str, Heard] = field(default_factory=dict)

    def post(self, id: str, sound: bytes) -> Heard:
        found = self.becomes.get(id, Heard.SENT)
        if found is Heard.SENT:
            self.heard.append((id, sound))
        return found
