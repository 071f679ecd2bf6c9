"""Where payments meet the ledger: a batch is one contract, one claim and one payment, whatever it holds.

The department claims it on its roster (发放清册), finance checks the claim, another of finance pays: the
verbs of `books.funds`, with their walls. What does not reach a household comes back to the project.
"""

from __future__ import annotations

from datetime import date, datetime

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import Basis, Claim
from bangfu.books.funds.models import Payment as Paid
from bangfu.books.payments.models import Batch, Payment
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.payments.bank import Listed, write_roster
from bangfu.core.policy.resolve import Policy
from bangfu.files.uploads import Upload

PAYEE = "农户（一卡通）"
ROSTER = "roster"  # the paper's code in the policy


def words_of(batch: Batch, policy: Policy) -> tuple[str, str]:
    """What a batch pays, as people write it: the scheme's name and the term."""
    schemes = policy.schemes
    return schemes.words(batch.scheme).zh, schemes.term_words(batch.scheme, batch.term).zh


def claim_batch(*, by: Actor, batch: Batch, policy: Policy, day: date, now: datetime) -> Claim:
    """Commit what a batch pays to its project and claim it whole, with its roster as the paper.

    ForbiddenError for who is no claimant; ConflictError when the plan leaves the project less.
    """
    title = " ".join(words_of(batch, policy))
    contract = funds.sign_contract(
        by=by,
        place_code=batch.place_code,
        number=f"发放批次-{batch.pk}",
        project=batch.project,
        basis=Basis.ROSTER,
        title=title,
        payee=PAYEE,
        scheme=batch.scheme,
        term=batch.term,
        fen=batch.fen,
        signed_on=day,
        day=day,
        policy=policy,
    )
    claim = funds.draft_claim(
        by=by,
        contract_id=contract.pk,
        kind=ClaimKind.HOUSEHOLDS,
        fen=batch.fen,
        note=f"发放批次 {batch.pk}：{title}，{batch.payments_count} 笔",
    )
    upload = Upload(f"roster-{batch.pk}.csv", roster_of(batch), "text/csv")
    funds.add_paper(by=by, claim_id=claim.pk, code=ROSTER, upload=upload, policy=policy, now=now)
    funds.lodge_claim(by=by, claim_id=claim.pk, policy=policy, day=day)
    claim.refresh_from_db()
    return claim


def pay_batch(*, by: Actor, batch: Batch, day: date) -> Paid:
    """Pay a batch's claim in one sum. ForbiddenError for who claimed or checked it; ConflictError when it
    is not checked, or a line's cash has not arrived."""
    assert batch.claim_id is not None
    return funds.pay(
        by=by, claim_id=batch.claim_id, voucher=f"发放批次-{batch.pk}", day=day, of_batch=True
    )


def take_back(*, by: Actor, payment_id: int, fen: int, day: date, reason: str) -> None:
    """What did not reach a household came back, and stays with its project for the next batch."""
    came = funds.recover(by=by, payment_id=payment_id, fen=fen, day=day, reason=reason)
    funds.reassign(by=by, recovery=came, day=day)


def release_claim(*, by: Actor, claim: Claim, day: date, reason: str) -> None:
    """Give up what a returned claim was committed for. ConflictError when nothing is left of it."""
    funds.end_contract(by=by, contract_id=claim.contract_id, day=day, reason=reason)


def roster_of(batch: Batch) -> bytes:
    """The roster (发放清册) of a batch, the same bytes for the same payments."""
    rows = Payment.objects.filter(batch=batch).order_by("position")
    listed = (
        Listed(*row)
        for row in rows.values_list(
            "position", "place_code", "household_no", "account_end", "fen", "attempt"
        ).iterator(20_000)
    )
    return write_roster(listed)
