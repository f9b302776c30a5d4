"""Countries with a law of their own in the rules (ISO 3166-1, two letters)."""

UNITED_KINGDOM = "GB"
EU = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
CALLED = tuple(sorted(EU | {"CH", "GB", "IS", "LI", "NO"}))
"""Those whose phone numbers a shop may call (rules.identity.calling has what is known of each)."""
