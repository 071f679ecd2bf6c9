"""What the database refuses of payments, and why entitlements are kept out of a batch, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from bangfu.books.payments.models import StopReason
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text

_TWICE = Text(
    "此人（户）本期已有这项补助，不能重复。",
    "This person or household has this scheme for this term already.",
)
_STACKED = Text(
    "此人（户）在同一时期已有互斥的补助，不能同时享受。",
    "This person or household has a scheme that excludes this one at the same time.",
)
_PEOPLE = Text(
    "村级申报、乡镇审核、县级审批须是三个不同的人。",
    "Village, township and county are three different people.",
)
_PAID_TWICE = Text(
    "有补助已在另一批次发放或待发放，没有写入任何内容。请再试一次。",
    "Something here is paid or being paid in another batch; nothing was written. Try again.",
)
_REFUSALS = {
    "payments_entitlement_once": _TWICE,
    "payments_entitlement_household_once": _TWICE,
    "payments_entitlement_stacked": _STACKED,
    "payments_entitlement_household_stacked": _STACKED,
    "payments_entitlement_three_people": _PEOPLE,
    "payments_entitlement_signed": Text("这一步已经办过。", "This step has been done already."),
    "payments_entitlement_unpaid": Text(
        "已进入发放批次或已发放，不能退回。", "It is in a batch or paid, and is not sent back."
    ),
    "payments_payment_once": _PAID_TWICE,
    "payments_payment_attempt": _PAID_TWICE,
    "payments_batch_two_people": Text(
        "制作批次和付款必须是两个人。", "Who makes a batch and who pays it are two people."
    ),
    "payments_batch_back": Text(
        "这一批付款另有追回登记，与未发放的金额不一致，请先核对报账的支付。",
        "Something else was recovered of this batch's payment; look at the payment of its claim first.",
    ),
    "payments_account_once": Text(
        "这个账号已登记在另一人名下。", "This account is recorded for somebody else."
    ),
    "payments_loan_number": Text(
        "这户已登记过这个合同号的贷款。", "A loan of this number is recorded for the household."
    ),
}


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn what the database refuses into a ConflictError with a sentence; pass on anything else."""
    try:
        yield
    except IntegrityError as refused:
        diagnosis = getattr(refused.__cause__, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None)
        if constraint in _REFUSALS:
            raise ConflictError(_REFUSALS[constraint]) from refused
        raise


# Why an entitlement is kept out of a batch.
WHY_STOPPED = {
    StopReason.DEAD: Text("已登记死亡", "a registered death"),
    StopReason.MOVED: Text("已迁出", "moved away"),
    StopReason.GONE: Text("已不在户内", "no longer in the household"),
    StopReason.NO_HEAD: Text("没有户主可收款", "no head to pay"),
    StopReason.CERTIFICATE: Text(
        "证件号码与审批时不一致", "another certificate than when approved"
    ),
    StopReason.NO_ACCOUNT: Text(
        "领款人没有一卡通账户（由户主领款的，登记户主的）",
        "the payee has no account (where the head is paid: the head's)",
    ),
    StopReason.NAME: Text("户名与姓名不一致", "the account's name is not the payee's"),
    StopReason.NUMBER: Text(
        "开户证件号码与本人不一致", "the account's ID number is not the payee's"
    ),
    StopReason.OBJECTION: Text("公示有异议未结或异议成立", "an objection is open or upheld"),
    StopReason.CHANGED: Text("账户已更换", "the account is another since"),
}
