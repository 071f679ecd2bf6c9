"""Money is whole fen (分), an `int`. One yuan (元) is 100 fen, one wan (万元) is 10,000 yuan.

No float touches money: text and decimals are converted exactly or refused, a division is always a
split whose parts sum to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
# PostgreSQL's bigint and Arrow's int64 hold this much: 92 quadrillion yuan.
MAX_FEN = 2**63 - 1


def fen_from_yuan(value: str | int | Decimal) -> int:
    """Fen from an amount in yuan, exactly.

    Accepts thousands commas and surrounding blanks. Raises ValueError for a fraction of a fen, a
    value out of range, or text that is no finite number.
    """
    try:
        yuan = value if isinstance(value, Decimal) else Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"not an amount of money: {value!r}") from None
    if not yuan.is_finite():
        raise ValueError(f"not a finite amount: {value!r}")
    # The magnitude is tested first: scaling 1E+999999 would build a number of a million digits, and
    # beyond 28 digits decimal arithmetic would round.
    if yuan and (yuan.adjusted() > 18 or len(yuan.as_tuple().digits) > 28):
        raise ValueError(f"amount out of range: {value!r}")
    fen = yuan * FEN_PER_YUAN
    whole = int(fen)
    if whole != fen:
        raise ValueError(f"smaller than one fen: {value!r}")
    if abs(whole) > MAX_FEN:
        raise ValueError(f"amount out of range: {value!r}")
    return whole


def format_yuan(fen: int) -> str:
    """An amount for detail: "1,234.50", without the unit, which stands in the column head."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{sign}{yuan:,}.{rest:02d}"


def format_wan(fen: int) -> str:
    """An amount for overviews, in 万元 with two digits, half away from zero: "300.00"."""
    sign = "-" if fen < 0 else ""
    hundredths = (abs(fen) + FEN_PER_WAN // 200) // (FEN_PER_WAN // 100)
    whole, rest = divmod(hundredths, 100)
    return f"{sign}{whole:,}.{rest:02d}"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `total` in proportion to `weights` by largest remainder; they sum to `total`.

    Ties go to the earlier part. Raises ValueError when a weight or the total is negative, or when
    there is something to split and every weight is zero.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a split needs a total and weights that are not negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to split by: every weight is zero")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
