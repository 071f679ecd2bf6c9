"""Invented persons: names, ID numbers in a reserved pattern, phones in a segment nobody is served in.

ID numbers: the county's region code, the real birth date, an order between 990 and 999 (odd for men,
even for women) and a valid check digit. At most five persons of one sex share a birth date; the next
one's birth date is moved by a day. Phones: 16900 and six digits (169 is to our knowledge no public
mobile segment; unverified), no number twice.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sample.generator.model import COUNTY_CODE

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ORDERS = {"男": (991, 993, 995, 997, 999), "女": (990, 992, 994, 996, 998)}
SURNAMES = tuple("王李张刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
GIVEN_MEN = tuple("文明志国建军伟强华平林海山松柏春生永正光荣德新学成才金福安宏兴启云涛")
GIVEN_WOMEN = tuple("秀英桂兰玉珍芳梅丽华霞红敏静娟燕艳琴云莲凤春香菊雪琳佳慧雅欣怡")


class Registry:
    """Hands out what no two persons of the sample may share."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: dict[tuple[date, str], int] = {}
        self._phones = 0
        self._households = 0

    def name(self, sex: str, surname: str | None = None) -> str:
        """A seeded combination of a common surname and two common syllables."""
        given = GIVEN_MEN if sex == "男" else GIVEN_WOMEN
        family = surname or self._rng.choice(SURNAMES)
        return family + "".join(self._rng.sample(given, 2 if self._rng.random() < 0.8 else 1))

    def certificate(self, birth: date, sex: str) -> tuple[date, str]:
        """The birth date, moved on if its five numbers are taken, and the ID number."""
        while self._used.get((birth, sex), 0) == len(ORDERS[sex]):
            birth += timedelta(days=1)
        taken = self._used.get((birth, sex), 0)
        self._used[birth, sex] = taken + 1
        return birth, id_number(birth, ORDERS[sex][taken])

    def phone(self) -> str:
        self._phones += 1
        return f"16900{self._phones:06d}"

    def household_number(self) -> str:
        """Sixteen digits: county, four zeros, a serial."""
        self._households += 1
        return f"{COUNTY_CODE}0000{self._households:06d}"


def id_number(birth: date, order: int) -> str:
    """An 18-digit number with its check digit (GB 11643)."""
    digits = f"{COUNTY_CODE}{birth:%Y%m%d}{order:03d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The check digit of seventeen digits."""
    total = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True))
    return "10X98765432"[total % 11]
