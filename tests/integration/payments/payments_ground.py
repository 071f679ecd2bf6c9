"""A county with money, a village with students, and a person for each step; everybody is invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import Balance, Claim
from bangfu.books.households.models import Household, Person
from bangfu.books.payments import actions
from bangfu.books.payments.models import Batch, Entitlement
from bangfu.books.walls.guarded import sealed, token
from bangfu.core.places import Place
from bangfu.files.policy_folder import policy_in_force

COUNTY, TOWNSHIP = "420527000000", "420527101000"
VILLAGE, OTHER = "420527101200", "420527101201"
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place(COUNTY, "秭归县"),
    Place(TOWNSHIP, "茅坪镇"),
    Place(VILLAGE, "示例村"),
    Place(OTHER, "邻村"),
)
TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 4, tzinfo=UTC)
LATER, LATER_NOW = date(2026, 12, 1), datetime(2026, 12, 1, 4, tzinfo=UTC)
SCHEME, TERM, LINE, PROJECT = "vocational_aid", "2026-2", "A", "P1"
ROLES = {
    "clerk": ("village_clerk", VILLAGE),
    "neighbour": ("village_clerk", OTHER),
    "reviewer": ("township_reviewer", TOWNSHIP),
    "approver": ("county_approver", COUNTY),
    "officer": ("county_officer", COUNTY),
    "checker": ("finance", COUNTY),
    "cashier": ("finance", COUNTY),
}


def household_no(number: int) -> str:
    return f"42052701{number:08d}"


def certificate(number: int, member: int) -> str:
    """A number in the reserved pattern of the sample: its check digit is not looked at here."""
    return f"42052720080101{number % 100:02d}9{member}"


def family(number: int, village: str = VILLAGE, **facts: object) -> str:
    """An ex-poor household of a head and a student in a vocational school."""
    code = household_no(number)
    household = Household.objects.create(
        household_no=code, place_code=village, household_type="脱贫户", **facts
    )
    for member, (relation, birth, schooling) in enumerate(
        (("户主", date(1975, 5, 1), None), ("之子", date(2008, 1, 1), "中职二年级")), 1
    ):
        written = certificate(number, member)
        Person.objects.create(
            household=household,
            place_code=village,
            person_no=str(member),
            name=f"演示{'甲乙丙丁'[number % 4]}{'长次'[member - 1]}",
            relation=relation,
            birth=birth,
            schooling=schooling,
            skill="普通劳动力" if member == 1 else None,
            certificate=sealed([written], "certificate")[0],
            certificate_token=token(written),
        )
    return code


@dataclass
class Ground:
    """The actors by name, and verbs that walk the real way."""

    actors: dict[str, Actor]
    within: Callable

    def act(self, who: str, verb: Callable, **more: object):
        """Carry out a verb as one of the actors, in a transaction of the own scope."""
        actor = self.actors[who]
        scope = actor.scope(actor.classes, purpose="test", writes=True)
        with self.within(scope, by=actor.username):
            return verb(by=actor, **more)

    def look(self, read: Callable, who: str = "officer"):
        """What one of the actors sees."""
        actor = self.actors[who]
        with self.within(actor.scope(actor.classes, purpose="test"), by=actor.username):
            return read()

    def stands(self) -> dict[str, int]:
        """What stands on each stage of the books, in fen, where anything does."""
        sums: dict[str, int] = {}
        for stage, fen in self.look(lambda: list(Balance.objects.values_list("stage", "amount"))):
            sums[stage] = sums.get(stage, 0) + fen
        return {stage: fen for stage, fen in sums.items() if fen > 0}

    def account(self, code: str, person: str = "1", **other: str) -> None:
        """The member's own one-card account, with `other` in the place of what the bank states."""
        number = int(code[8:])
        stated = {
            "account": f"6210{number:010d}{person}",
            "bank": "农商行",
            "holder_name": f"演示{'甲乙丙丁'[number % 4]}{'长次'[int(person) - 1]}",
            "holder_number": certificate(number, int(person)),
        }
        self.act(
            "clerk",
            actions.record_account,
            household_no=code,
            person_no=person,
            today=TODAY,
            **(stated | other),
        )

    def applied(self, code: str, person: str = "2", **more: object) -> Entitlement:
        return self.act(
            "clerk",
            actions.apply,
            policy=policy_in_force(),
            household_no=code,
            person_no=person,
            today=TODAY,
            **({"scheme": SCHEME, "term": TERM} | more),
        )

    def noticed(self, *made: Entitlement) -> None:
        """Through township, county and the board."""
        numbers = [each.pk for each in made]
        self.act("reviewer", actions.check, entitlements=numbers)
        self.act(
            "approver",
            actions.approve,
            entitlements=numbers,
            project=PROJECT,
            policy=policy_in_force(),
        )
        self.notice(made[0])

    def notice(self, made: Entitlement) -> None:
        """Put what is approved in its village, of its scheme and term, on the board."""
        self.act(
            "officer",
            actions.give_notice,
            policy=policy_in_force(),
            place_code=made.place_code,
            scheme=made.scheme,
            term=made.term,
            now=NOW,
            today=TODAY,
        )

    def batch(self, *, today: date = LATER, term: str = TERM, scheme: str = SCHEME) -> Batch:
        return self.act(
            "officer",
            actions.make_batch,
            place_code=COUNTY,
            scheme=scheme,
            term=term,
            project=PROJECT,
            today=today,
        )

    def submit(self, batch: Batch) -> Claim:
        """Claim a batch's sum of finance."""
        made = self.act(
            "officer",
            actions.submit_batch,
            batch_id=batch.pk,
            policy=policy_in_force(),
            day=LATER,
            now=LATER_NOW,
        )
        return made.claim

    def checked(self, batch: Batch) -> None:
        """Submitted, and its claim found in order."""
        claim = self.submit(batch)
        self.act("checker", funds.check_claim, claim_id=claim.pk, day=LATER)

    def send(self, batch: Batch) -> bytes:
        """Through finance to the bank: the bytes of its file."""
        self.checked(batch)
        return self.pay(batch)

    def pay(self, batch: Batch, *, by: str = "cashier") -> bytes:
        """A batch whose claim was checked, paid: the bytes of the bank's file."""
        self.act(
            by,
            actions.send_batch,
            batch_id=batch.pk,
            policy=policy_in_force(),
            day=LATER,
            now=LATER_NOW,
        )
        return self.file(batch)

    def file(self, batch: Batch) -> bytes:
        return self.act("cashier", actions.bank_file, batch_id=batch.pk)

    def back(self, batch: Batch, content: bytes):
        return self.act(
            "cashier",
            actions.take_return,
            batch_id=batch.pk,
            content=content,
            day=LATER,
            now=LATER_NOW,
        )
