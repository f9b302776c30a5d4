"""After what a ticket is counted again. It stands alone, because every reader of the table's stream knows it."""

from chalicelib.rules.tickets.log import Action

COUNTED = frozenset(
    {
        Action.WROTE,
        Action.RATED,
        Action.RATING_WITHDRAWN,
        Action.ANSWERED,
        Action.ASKED_CUSTOMER,
        Action.CONTACTED_CUSTOMER,
        Action.CONTACT_NOTED,
        Action.CHANGED,
        Action.MERGED,
        Action.MARKED_AS_SPAM,
        Action.RELEASED_FROM_QUARANTINE,
        Action.REFERRED,
        Action.FOUND_AT_FAULT,
        Action.REMEDY_OWED,
        Action.REMEDY_DONE,
        Action.CLOSED,
        Action.REOPENED,
        Action.PROMISE_MISSED,
        Action.ACTED,
        Action.RECTIFIED,
        Action.CALL_CHANGED,
        Action.CALLED_IN_VAIN,
        Action.CHAT_CHANGED,
    }
)
"""After these actions a ticket is counted again: whatever the counts depend on is changed by one of them."""
