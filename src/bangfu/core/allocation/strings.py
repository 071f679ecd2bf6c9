"""The strings on earmarked money: what a line may pay, and what holds it back."""

from __future__ import annotations

from collections.abc import Collection

from bangfu.core import places
from bangfu.core.language import Text


def held_back(
    *,
    poolable: bool,
    purposes: Collection[str] | None,
    areas: Collection[str] | None,
    beneficiaries: Collection[str] | None,
    purpose: str,
    place: str,
    helped: Collection[str],
) -> list[Text]:
    """Why a line with these strings may not pay a project of this purpose at this place for those `helped`;
    nothing when it may. None is no string. Areas are place codes or their shortened forms."""
    reasons = []
    if not poolable:
        reasons.append(
            Text("这笔资金只列示，不进资金池", "this line is only shown, not in the pool")
        )
    if purposes is not None and purpose not in purposes:
        reasons.append(
            Text(
                f"只能用于{'、'.join(purposes)}，项目用途是{purpose or '未填'}",
                f"it pays {', '.join(purposes)} only; the project is for {purpose or 'nothing named'}",
            )
        )
    if areas is not None and not any(places.contains(area, place) for area in areas):
        reasons.append(Text("只能用在别的地方", "it is for other places only"))
    if beneficiaries is not None and not set(helped) <= set(beneficiaries):
        only = "、".join(beneficiaries)
        reasons.append(Text(f"只能用于{only}", f"it is for {only} only"))
    return reasons
