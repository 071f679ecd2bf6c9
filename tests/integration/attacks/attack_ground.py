"""Two counties of different prefectures, a role for each operator in one of them. Everybody is invented.

"Inside" is the village in which, or above which, every operator works; "outside" lies beyond all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.test import Client
from tests.lib.planted import flag_of, money_of, project_at
from tests.lib.watched import watched

from bangfu.books.accounts.actions import add_operator, grant_role
from bangfu.books.accounts.actors import Actor, actor_of
from bangfu.books.accounts.models import ApiToken, Role, Sample
from bangfu.books.accounts.queries import grants_of
from bangfu.books.accounts.samples import PURPOSE, assign_sample
from bangfu.books.accounts.tokens import make_token
from bangfu.books.assistance.models import Measure
from bangfu.books.cases.models import Case
from bangfu.books.crossing.actions import offer_move
from bangfu.books.crossing.models import Duplicate
from bangfu.books.desk.figures import count_figures
from bangfu.books.households.models import Household, Person
from bangfu.books.intake.models import Batch
from bangfu.books.jobs.models import Task
from bangfu.books.notices import actions as notices
from bangfu.books.payments.models import Batch as PaymentBatch
from bangfu.books.payments.models import Loan
from bangfu.books.places.actions import load_places
from bangfu.books.publishing.models import Publication
from bangfu.books.screening.models import Finding
from bangfu.books.walls.guarded import token
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force

VILLAGE, TOWNSHIP, COUNTY = "420527101200", "420527101000", "420527000000"
NEXT = "420527101201"  # another village of the township
OUTSIDE, OUTSIDE_NEXT, OUTSIDE_COUNTY = "420626101200", "420626101201", "420626000000"
PREFECTURE = "420500000000"
PLACES = (
    places.Place("420000000000", "湖北省"),
    places.Place(PREFECTURE, "宜昌市"),
    places.Place(COUNTY, "秭归县"),
    places.Place(TOWNSHIP, "茅坪镇"),
    places.Place(VILLAGE, "示例村"),
    places.Place(NEXT, "邻村"),
    places.Place("420600000000", "襄阳市"),
    places.Place(OUTSIDE_COUNTY, "保康县"),
    places.Place("420626101000", "城关镇"),
    places.Place(OUTSIDE, "外村"),
    places.Place(OUTSIDE_NEXT, "外邻村"),
)
TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 4, tzinfo=UTC)
EVERYWHERE = Scope((places.NATION,), frozenset(DataClass), "test")
# Words that stand on a page only when its reader may see that household.
INSIDE_NAME, OUTSIDE_NAME = "甲虚构", "乙外人"
INSIDE_NO, OUTSIDE_NO, UNKNOWN_NO = "4205270000000001", "4206260000000001", "4299990000000001"
AT_LEVEL = {0: COUNTY, 2: PREFECTURE, 3: COUNTY, 4: TOWNSHIP, 5: VILLAGE}


@dataclass
class Attack:
    """Who attacks, and what an address can be asked for: inside, outside, and what does not exist."""

    clients: dict[str, Client] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    things: dict[str, tuple[object, object, object]] = field(default_factory=dict)


@contextmanager
def everywhere(purpose: str = "test") -> Iterator[None]:
    with within(Scope((places.NATION,), frozenset(DataClass), purpose), by="tester"):
        yield


def prepare(client_as: Callable[..., Client]) -> Attack:
    """One operator a role, and a household, an offer, a duplicate, a sample, figures in both counties."""
    made = Attack()
    with everywhere():
        load_places(by="tester", rows=PLACES, source="test")
        roles = list(Role.objects.order_by("code"))
    for role in roles:
        made.clients[role.code] = client_as(role.code, AT_LEVEL[role.level], username=role.code)
        made.actors[role.code] = actor_of(role.code, on=date(2026, 11, 22))
        made.clients[role.code].defaults["HTTP_AUTHORIZATION"] = f"Bearer {_token_of(role.code)}"
    with everywhere():
        add_operator(by="tester", username="outsider", display_name="乙外人", place_code=OUTSIDE)
    with everywhere():
        grant_role(
            by="tester",
            username="outsider",
            role="village_clerk",
            place_code=OUTSIDE,
            valid_from=date(2020, 1, 1),
        )
    for _ in range(2):
        _token_of("outsider", OUTSIDE)
    with within(EVERYWHERE, by="outsider"):
        outsiders = list(ApiToken.objects.values_list("pk", flat=True))
    offers, duplicates, measures, findings, publications = [], [], [], [], []
    payment_batches: list[int] = []
    loans: list[int] = []
    paths: list[dict[str, int]] = []
    for village, beside, county, number, name in (
        (VILLAGE, NEXT, COUNTY, INSIDE_NO, INSIDE_NAME),
        (OUTSIDE, OUTSIDE_NEXT, OUTSIDE_COUNTY, OUTSIDE_NO, OUTSIDE_NAME),
    ):
        with everywhere():
            household = _household(number, village, name)
            _household(number[:-1] + "2", beside, name)  # the same certificate: a duplicate
            offer = offer_move(
                by="tester",
                household=household,
                to_place=beside,
                moved_on=date(2026, 11, 1),
                today=TODAY,
                reason="婚嫁",
            )
            offers.append(offer.pk)
            measures.append(
                Measure.objects.create(
                    household_no=number,
                    place_code=village,
                    family="industry_help",
                    content=name,
                    responsible=name,
                    agreed_on=date(2026, 11, 1),
                ).pk
            )
            findings.append(
                Finding.objects.create(
                    place_code=village,
                    kind="risk",
                    rule="below_line",
                    household_no=number,
                    values="{}",
                    text_zh=name,
                    text_en=name,
                    monitored=False,
                    first_seen=date(2026, 11, 1),
                ).pk
            )
            publications.append(_publication(village, county, name))
            duplicates.append(Duplicate.objects.get(household_a=number).pk)
            payment_batches.append(
                PaymentBatch.objects.create(
                    place_code=county,
                    scheme="vocational_aid",
                    term="2026-2",
                    project="P1",
                    made_by="tester",
                    made_on=TODAY,
                ).pk
            )
            loans.append(
                Loan.objects.create(
                    place_code=village,
                    household_no=number,
                    person_no="1",
                    number=name,
                    bank=name,
                    fen=5_000_000,
                    rate="0.0345",
                    lent_on=date(2026, 1, 1),
                    due_on=date(2027, 1, 1),
                    purpose="养殖业",
                ).pk
            )
            paths.append(_papers(village, number[:-1] + "3", name))
            count_figures(
                by="tester",
                place_code=county,
                month=202611,
                now=datetime(2026, 11, 22, tzinfo=UTC),
                small=3,
            )
    # Persons' words stand on no page of the money.
    for papers, county, village, word in zip(
        paths,
        (COUNTY, OUTSIDE_COUNTY),
        (VILLAGE, OUTSIDE),
        ("本县", OUTSIDE_NAME),
        strict=True,
    ):
        papers |= money_of(county, village, word) | flag_of(county, word)
        with everywhere():
            papers |= watched(county, village, word)
    with everywhere(PURPOSE):
        sample = assign_sample(
            by="tester",
            place_code=COUNTY,
            name="2026 年度",
            assessor="assessor",
            households=[(INSIDE_NO, VILLAGE)],
            valid_from=date(2020, 1, 1),
        )
        outside_sample = Sample.objects.create(
            place_code=OUTSIDE_COUNTY, name="外县", assessor_id="outsider", valid_from=TODAY
        )
    made.things = {
        "household": (INSIDE_NO, OUTSIDE_NO, UNKNOWN_NO),
        "village": (VILLAGE, OUTSIDE, "429999101200"),
        "county": (COUNTY, OUTSIDE_COUNTY, "429999000000"),
        "sample": (sample.pk, outside_sample.pk, 999_999),
        "offer": (*offers, 999_999),
        "duplicate": (*duplicates, 999_999),
        "measure": (*measures, 999_999),
        "payment_batch": (*payment_batches, 999_999),
        "loan": (*loans, 999_999),
        "person_no": ("1",) * 3,
        "scheme": ("vocational_aid",) * 3,
        "rate": ("integration", "no-rate", "no-other"),
        "figure": ("households", "households", "households"),
        "finding": (*findings, 999_999),
        "milestone": ("key_villages", "no_milestone", "no_other"),
        "policy_key": ("income.line", "no.key", "no.other"),
        "policy_rule": ("below_line", "no_rule", "no_other"),
        "operator": ("village_clerk", "outsider", "nobody"),
        "digest": ("a" * 64,) * 3,
        "publication": (*publications, 999_999),
        **dict.fromkeys(
            (f"{kind}_series" for kind in ("plan", "project", "month", "results", "draw", "seal")),
            tuple(f"00000000-0000-0000-0000-00000000000{number}" for number in range(3)),
        ),
        "draw_kind": ("village",) * 3,
        "position": (1, 1, 1),
        "trace_kind": ("contract",) * 3,
        "token": (*outsiders, 999_999),
        **{thing: (paths[0][thing], paths[1][thing], 999_999) for thing in paths[0]},
    }
    return made


def _token_of(username: str, place: str = COUNTY) -> str:
    """A token of an operator in all of his roles."""
    with within(Scope((places.NATION,), frozenset(), "test"), by=username):
        return make_token(
            by=username,
            name="test",
            grants=[grant.pk for grant in grants_of(username, on=TODAY)],
            reads_only=False,
            valid_to=TODAY + timedelta(days=30),
            today=TODAY,
            now=NOW,
            place_code=place,
        )


def _papers(village: str, number: str, name: str) -> dict[str, int]:
    """A notice with an objection, a case, a batch and a task at a village."""
    household = _household(number, village, f"{name}三", monitored=False)
    notice = notices.publish(
        by="tester",
        kind="recognition",
        place_code=village,
        subject=f"test {village}",
        title=Text("公示", "Notice"),
        rows=[{"head": "某某"}],
        opens_on=TODAY,
        closes_on=TODAY + timedelta(days=7),
        now=NOW,
    )
    objection = notices.enter_objection(
        by="tester", notice=notice, grounds="情况不符", received_on=TODAY, now=NOW
    )
    case = Case.objects.create(
        kind="monitoring",
        procedure=policy_in_force().procedures.find("monitoring", place=village, on=TODAY).id,
        place_code=village,
        household=household,
        opened_on=TODAY,
        opened_by="tester",
        step="verify",
        level=places.Level.VILLAGE,
        since=TODAY,
        due_on=TODAY + timedelta(days=5),
    )
    batch = Batch.objects.create(place_code=village, year=2026, uploaded_at=NOW)
    task = Task.objects.create(
        place_code=village,
        seen_from=places.ancestor(village, places.Level.TOWNSHIP),
        kind="intake.check",
        requested_by="tester",
        requested_at=NOW,
        purpose="test",
        classes=["persons"],
        arguments={},
    )
    return {
        # A project is no person: who works with money reads its name inside.
        **project_at(village, OUTSIDE_NAME if village == OUTSIDE else "通组公路"),
        "notice": notice.pk,
        "objection": objection.pk,
        "case": case.pk,
        "batch": batch.pk,
        "task": task.pk,
    }


def _publication(village: str, county: str, name: str) -> int:
    """Something that is over, so that the public site does not show it."""
    made: Publication = Publication.objects.create(
        version=1,
        kind="project",
        place_code=village,
        county=county,
        source=f"project {village}",
        title_zh="通组公路" if village == VILLAGE else name,
        title_en="road" if village == VILLAGE else name,
        period=2026,
        digest="0" * 64,
        first_at=NOW,
        published_at=NOW,
        published_by="tester",
        opens_on=date(2026, 1, 1),
        closes_on=date(2026, 1, 2),
    )
    return made.pk


def _household(number: str, village: str, name: str, *, monitored: bool = True) -> Household:
    facts = {"monitored_class": "突发严重困难户", "risk_1": "因病"} if monitored else {}
    household: Household = Household.objects.create(
        household_no=number, place_code=village, **facts
    )
    Person.objects.create(
        household=household,
        place_code=village,
        person_no="1",
        name=name,
        relation="户主",
        certificate_token=token(name),
    )
    return household
