"""Why a ticket is quarantined. templates/words has the words for each (`desk.ticket.suspicion`)."""

from enum import StrEnum


class Suspicion(StrEnum):
    TRAP = "trap"  # a field that people do not see was filled in
    FOREIGN_FORM = "foreign_form"  # the form's token is not ours
    HASTY = "hasty"  # contains links, and was sent within seconds of opening the form
    TOO_MANY = "too_many"  # more than the policy allows in a period
    TAKEN_FOR_SPAM = "taken_for_spam"  # the mail service says so
    HOLDS_VIRUS = "holds_virus"  # the mail service says so; files left out
    AUTOMATIC = "automatic"  # a machine sent it: the opening's `automatic` lists the signs


VERDICTS = frozenset({Suspicion.TAKEN_FOR_SPAM, Suspicion.HOLDS_VIRUS})
"""The suspicions that are verdicts of the mail service."""
