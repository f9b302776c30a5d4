"""Why a ticket is quarantined. The words for it stand in templates/words (`desk.ticket.suspicion`)."""

from enum import StrEnum


class Suspicion(StrEnum):
    TRAP = "trap"  # a field that people do not see was filled in
    FOREIGN_FORM = "foreign_form"  # the form's token is not ours
    HASTY = "hasty"  # links, within seconds of opening the form
    TOO_MANY = "too_many"  # more than the policy allows in this time
    TAKEN_FOR_SPAM = "taken_for_spam"  # by the mail service
    HOLDS_VIRUS = "holds_virus"  # found by the mail service; files left out
    AUTOMATIC = "automatic"  # a machine sent it: the opening's `automatic` says by what that is seen


VERDICTS = frozenset({Suspicion.TAKEN_FOR_SPAM, Suspicion.HOLDS_VIRUS})
"""Those that are the mail service's."""
