"""Identity numbers: GB 11643 persons, disability certificates, mobile phones.

The import derives the plain typed facts that rules may read (length, checksum, birth date, sex,
disability class and grade, phone valid) before the number itself is encrypted: rules never see it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from stdnum import luhn
from stdnum.cn import ric

from bangfu.core.language import Text

ID_NUMBER = Text("身份证号码", "an ID number")
BANK_CARD = Text("银行卡号", "the number of a bank card")
MOBILE = Text("手机号码", "a mobile number")

PERSON_LENGTH = 18
# A disability certificate is the ID number, one digit of class and one of grade; 22 when re-issued.
CERTIFICATE_LENGTHS = (20, 22)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# Numbers inside a text: whole, or parted as people part them ("138 0013 8000").
_PERSON_IN = re.compile(r"(?<!\d)\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[\dXx](?!\d)", re.ASCII)
_MOBILE_IN = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", re.ASCII)
# Domestic cards begin with 60, 62 or 9; numbers of households begin with a province, most 1-5, in Gansu 62.
_CARD_IN = re.compile(
    r"(?<!\d)(?:60|62|9\d)\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)", re.ASCII
)
# The number of a household in Gansu is its county's code and ten digits of a count, which leaves four
# zeros in front where a county has fewer than a million; of its member two digits more. No bank numbers
# its cards so: the first digits after the issuer's tell a branch or are drawn.
_GANSU_HOUSEHOLD = re.compile(r"62(?:0[1-9]|1[0-2]|29|30)\d{2}0000\d{6}(?:\d{2})?", re.ASCII)
_PARTED = re.compile(r"[ -]")
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


def number_in(text: str) -> Text | None:
    """What number of a person stands in a free text, by its name; None when there is none.

    An ID number has its check digit right and a day of birth; a bank card is one of 16-19 digits whose
    check digit is right, and not the number of a household; a mobile has 11 digits. Wide digits count too.
    """
    plain = unicodedata.normalize("NFKC", text)
    for found in _PERSON_IN.findall(plain):
        facts = number_facts(_PARTED.sub("", found))
        if facts.checksum_valid and facts.birth:
            return ID_NUMBER
    if any(_is_card(found) for found in _CARD_IN.findall(plain)):
        return BANK_CARD
    return MOBILE if _MOBILE_IN.search(plain) else None


def _is_card(found: str) -> bool:
    return bool(luhn.is_valid(_PARTED.sub("", found)) and _GANSU_HOUSEHOLD.fullmatch(found) is None)


def left_out(number: Text) -> Text:
    """The sentence that refuses a free text for the number in it."""
    return Text(
        f"这里像有{number.zh}。文字里不能写号码，请删去；写姓名或户编号就可以。",
        f"This looks like it holds {number.en}. Leave it out; a name or a household number will do.",
    )


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
