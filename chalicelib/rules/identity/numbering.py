"""What is known of the phone numbers of each country whose customers a shop may call: code, time zone, and the prefixes
of numbers that cost more and of mobile numbers.

Sources: the countries' codes are ITU-T E.164's. The prefixes were generated from the metadata of libphonenumber (Apache
License 2.0) as the package phonenumbers 9.0.43 has it: the shortest prefixes that only its premium, shared-cost,
personal and pager numbers have, or its mobile numbers, and no number of a person or company. Beside them stand
prefixes of the national numbering plans that the metadata does not know as numbers of anybody (directory enquiries,
Germany's 0137 and 0190).
"""

from dataclasses import dataclass

ANY = "*"
"""Stands for `mobile` where a country's numbers do not show which are mobile."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country's code, the time zone of most who live there, the prefixes of its costly and of its mobile numbers
    (without the leading zero; "15/10": only numbers of ten digits that begin so), and whether people write a zero
    before the number at home that is left out from abroad."""

    code: str
    zone: str
    costly: str
    mobile: str
    zero: bool = False

    def is_costly(self, national: str) -> bool:
        """Whether a number, without the country's code, costs whoever calls it more, or hides whom it reaches."""
        return _begins(national, self.costly)

    def is_mobile(self, national: str) -> bool:
        """Whether a number, without the country's code, can get text messages."""
        return self.mobile == ANY or _begins(national, self.mobile)


# fmt: off
COUNTRIES = {
    "AT": Country(
        "43", "Europe/Vienna", costly="8 9", zero=True,
        mobile="650 651 652 653 655 657 659 660 661 663 664 665 666 667 668 669 67 68 69",
    ),
    "BE": Country("32", "Europe/Brussels", costly="70 7879 90", mobile="45 46 47 48 49", zero=True),
    "BG": Country("359", "Europe/Sofia", costly="700 90", mobile="430 437 438 439 87 88 89 98 99", zero=True),
    "CH": Country("41", "Europe/Zurich", costly="74 84 87 90", mobile="68 69 72 73 75 76 77 78 79", zero=True),
    "CY": Country("357", "Asia/Nicosia", costly="70 8 90", mobile="91 94 95 96 97 99"),
    "CZ": Country("420", "Europe/Prague", costly="700 701 8 90 976", mobile="6 702 703 704 705 706 71 72 73 77 79"),
    "DE": Country("49", "Europe/Berlin", costly="115 118 13 164 168 169 180 190 700 900", mobile="15 16 17", zero=True),
    "DK": Country("45", "Europe/Copenhagen", costly="90", mobile="*"),
    "EE": Country("372", "Europe/Tallinn", costly="40 70 9", mobile="5 81 82 83 84 89"),
    "ES": Country("34", "Europe/Madrid", costly="70 80 90", mobile="6 71 72 73 74 78"),
    "FI": Country("358", "Europe/Helsinki", costly="600 700", mobile="4 50", zero=True),
    "FR": Country("33", "Europe/Paris", costly="81 82 83 84 85 86 88 89", mobile="6 7", zero=True),
    "GB": Country("44", "Europe/London", costly="70 76 8 9", mobile="71 72 73 74 75 77 78 79", zero=True),
    "GR": Country("30", "Europe/Athens", costly="7 8 90", mobile="6 94"),
    "HR": Country("385", "Europe/Zagreb", costly="60 61 64 65 69 74 75", mobile="9", zero=True),
    "HU": Country("36", "Europe/Budapest", costly="90 91", mobile="20 30 31 50 70"),
    "IE": Country("353", "Europe/Dublin", costly="15/10 18/10 70", mobile="82 83 85 86 87 88 89", zero=True),
    "IS": Country("354", "Atlantic/Reykjavik", costly="9", mobile="3 6 7 82 83 84 85 86 88 89"),
    "IT": Country("39", "Europe/Rome", costly="1 8", mobile="3 4"),
    "LI": Country("423", "Europe/Vaduz", costly="9", mobile="6 7"),
    "LT": Country("370", "Europe/Vilnius", costly="700 705 808 900 902 903 909 91", mobile="6"),
    "LU": Country("352", "Europe/Luxembourg", costly="801 900 901 905", mobile="6"),
    "LV": Country("371", "Europe/Riga", costly="8 9", mobile="2"),
    "MT": Country("356", "Europe/Malta", costly="500 506 507 509 51 52 71", mobile="7 9"),
    "NL": Country("31", "Europe/Amsterdam", costly="66 90", mobile="6 97", zero=True),
    "NO": Country("47", "Europe/Oslo", costly="810 82 88", mobile="4 9"),
    "PL": Country("48", "Europe/Warsaw", costly="64 70 801", mobile="21 45 50 51 53 57 60 66 69 72 73 78 79 88"),
    "PT": Country("351", "Europe/Lisbon", costly="601 607 608 62 64 68 76 8", mobile="1 609 63 65 66 9"),
    "RO": Country("40", "Europe/Bucharest", costly="801 9", mobile="7", zero=True),
    "SE": Country(
        "46", "Europe/Stockholm", costly="649 74 75 77 900 939 944 99", mobile="70 72 73 76 78 79", zero=True,
    ),
    "SI": Country("386", "Europe/Ljubljana", costly="89 9", mobile="30 31 40 41 43 51 6 70 71", zero=True),
    "SK": Country(
        "421", "Europe/Bratislava", costly="85 86 87 88 89 900 909/7 97 98", zero=True,
        mobile="901 902 903 904 905 906 907 908 909 91 94 95",
    ),
}
# fmt: on
"""The countries whose numbers a shop's policy may name."""


def _begins(national: str, prefixes: str) -> bool:
    for each in prefixes.split():
        prefix, _, digits = each.partition("/")
        if national.startswith(prefix) and (not digits or len(national) == int(digits)):
            return True
    return False
