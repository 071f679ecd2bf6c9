"""Identity numbers: GB 11643 persons, disability certificates, mobile phones.

The import derives the plain typed facts that rules may read (length, checksum, birth date, sex,
disability class and grade, phone valid) before the number itself is encrypted: rules never see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

PERSON_LENGTH = 18
# A disability certificate is the ID number, one digit of class and one of grade; 22 when re-issued.
CERTIFICATE_LENGTHS = (20, 22)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_EXCEL_DAMAGE = re.compile(r"\d{15}000|\d(?:\.\d+)?[eE]\+1[789]", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What rules may know of a certificate number. Unreadable parts are None.

    `sex` is 1 male, 2 female (GB/T 2261.1). `disability_class` is 1-7, `disability_grade` 1-4.
    """

    length: int
    checksum_valid: bool | None
    placeholder: bool
    birth: date | None
    sex: int | None
    disability_class: int | None
    disability_grade: int | None


def number_facts(number: str) -> NumberFacts:
    """The plain facts of a certificate number, whatever its state."""
    number = number.strip().upper()
    readable = len(number) == PERSON_LENGTH or len(number) in CERTIFICATE_LENGTHS
    person = number[:PERSON_LENGTH] if readable else ""
    tail = number[PERSON_LENGTH:] if len(number) in CERTIFICATE_LENGTHS else ""
    order = person[16:17]
    return NumberFacts(
        length=len(number),
        checksum_valid=_checksum_valid(person) if person else None,
        placeholder=number.startswith("999999"),
        birth=_birth(person),
        sex=(1 if int(order) % 2 else 2) if order.isascii() and order.isdigit() else None,
        disability_class=_digit(tail[:1], 1, 7),
        disability_grade=_digit(tail[1:2], 1, 4),
    )


def damaged_by_excel(number: str) -> bool:
    """Whether a number looks as Excel leaves it: 15 digits kept and the rest zeroed, or 4.2E+17."""
    return bool(_EXCEL_DAMAGE.fullmatch(number.strip()))


def is_mobile(number: str) -> bool:
    """Whether a number has the form of a Chinese mobile number."""
    return bool(_MOBILE.fullmatch(number.strip()))


def mask(number: str) -> str:
    """The number for the screen: first six and last four stay ("420527********1234")."""
    if len(number) <= 10:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_phone(number: str) -> str:
    """A phone number for the screen ("139****1234")."""
    return number[:3] + "****" + number[-4:] if len(number) == 11 else "*" * len(number)


def _checksum_valid(person: str) -> bool:
    if not re.fullmatch(r"\d{17}[\dX]", person, re.ASCII):
        return False
    return bool(ric.calc_check_digit(person) == person[-1])


def _birth(person: str) -> date | None:
    digits = person[6:14]
    if not (digits.isascii() and digits.isdigit() and len(digits) == 8):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _digit(text: str, low: int, high: int) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if low <= int(text) <= high else None
