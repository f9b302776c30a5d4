"""What is promised for the kinds of ticket that came after release 0.1.0, as policy.toml would state it.

A policy written before a kind existed has no table of it. Such a policy stays valid, and the kind is never unknown:
what the file does not state about it stands here (decision 202). Without its own table nothing of `every_kind` applies
either, because promises that the file makes for other kinds may contradict these.
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.rules.policy.promises import PRIVACY_COMPLAINT, WITHDRAWAL

_WATCHED: Mapping[str, Any] = {
    "acknowledge": "5 minutes",
    "warn": "4 working hours",
    "escalation": [
        {"at": "warn", "mail": ["assignee"]},
        {"at": "due", "mail": ["assignee", "team"], "priority": "high"},
        {"at": "daily", "mail": ["assignee", "owner"], "priority": "urgent", "reassign": "owner"},
    ],
    "retain": "3 years",
    "retain_for": {"spam": "30 days"},
}
BUILT_IN: Mapping[str, dict[str, Any]] = {
    PRIVACY_COMPLAINT: {
        **_WATCHED,
        "label": {"en": "Complaint about my personal data", "de": "Beschwerde zum Umgang mit meinen Daten"},
        "first_answer": "5 working days",
        "resolve": "30 days",
        "extension": {"limit": "30 days", "times": 1},
        "progress": "30 days",
    },
    WITHDRAWAL: {
        **_WATCHED,
        "label": {"en": "Withdrawal from a contract", "de": "Widerruf"},
        "first_answer": "1 working day",
        "close_after": "14 days",
    },
}
