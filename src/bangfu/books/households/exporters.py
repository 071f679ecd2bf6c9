"""Household cards from the books: names shown, numbers masked, reasons and findings beside the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Prefetch

from bangfu.books.households.incomes import income_per_head
from bangfu.books.households.models import Happening, Household, IncomeItem, Person
from bangfu.books.walls.guarded import opened
from bangfu.core.facts.dictionary import HELP, plain
from bangfu.core.facts.english import in_english
from bangfu.core.facts.model import Kind, Table
from bangfu.core.identity import mask
from bangfu.core.language import Lang, Text
from bangfu.core.money import format_yuan
from bangfu.core.periods import age_on
from bangfu.core.sheets.income import GROUPS, ITEMS
from bangfu.core.sheets.locate import Gazetteer
from bangfu.printing.cards import Card, Pair
from bangfu.web.speech import month

_FACTS = plain(Table.HOUSEHOLD)
_YES_NO = {True: Text("是", "yes"), False: Text("否", "no"), None: Text("", "")}
_CERTIFICATE = "certificate"
_RISKS = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")


def household_cards(
    numbers: Sequence[str],
    *,
    findings: Mapping[str, Sequence[tuple[str, str]]],
    gazetteer: Gazetteer,
    on: date,
    lang: Lang,
    year: int | None = None,
    agreed: Mapping[str, Sequence[str]] | None = None,
) -> list[Card]:
    """A card for each household in scope among `numbers`, by place and number.

    `findings` holds (rule, sentence) pairs by household number, `agreed` the measures agreed beside those
    of the sheets; incomes are those of `year`, or of the year of `on`.
    """
    year = year or on.year
    households = (
        Household.objects.filter(household_no__in=numbers)
        .prefetch_related(
            Prefetch("persons", Person.objects.order_by("person_no")),
            Prefetch("incomes", IncomeItem.objects.filter(year=year).order_by("item")),
        )
        .order_by("place_code", "household_no")
    )
    happened: dict[str, list[Happening]] = {}
    for one in Happening.objects.filter(household_no__in=numbers, happened_on__year__gt=year):
        happened.setdefault(one.household_no, []).append(one)
    return [
        _card(
            one,
            _income(one, year, happened.get(one.household_no, ())),
            findings.get(one.household_no, ()),
            (agreed or {}).get(one.household_no, ()),
            gazetteer,
            on,
            lang,
        )
        for one in households
    ]


def _card(
    household: Household,
    income: Sequence[Pair],
    findings: Sequence[tuple[str, str]],
    agreed: Sequence[str],
    gazetteer: Gazetteer,
    on: date,
    lang: Lang,
) -> Card:
    persons = list(household.persons.all())
    head = next((p.name for p in persons if p.relation == "户主"), "")
    return Card(
        number=household.household_no,
        place=gazetteer.path(household.place_code),
        head=head or household.household_no,
        facts=[
            (Text("户主", "Head"), head or ""),
            _fact(household, "household_type", lang),
            _fact(household, "monitored_class", lang),
            _fact(household, "identified_month", lang),
        ],
        members=[_member(person, on, lang) for person in persons],
        income=income,
        items=[(ITEMS[one.item], format_yuan(one.fen)) for one in household.incomes.all()],
        conditions=[
            (Text("房屋等级", "House grade"), household.housing_grade or ""),
            _fact(household, "dangerous_house", lang),
            _fact(household, "safe_water", lang),
            (Text("失学辍学", "Dropout"), _YES_NO[household.dropout].to(lang)),
        ],
        help=[
            (
                Text("风险", "Risks"),
                said([risk for r in _RISKS if (risk := getattr(household, r))], lang),
            ),
            (Text("措施", "Measures"), _measures(household, agreed, lang)),
        ],
        findings=findings,
    )


def _member(person: Person, on: date, lang: Lang) -> list[str]:
    number = opened(person.certificate, _CERTIFICATE) if person.certificate else ""
    insured = (
        None
        if person.resident_medical is None
        else bool(person.resident_medical or person.employee_medical)
    )
    return [
        person.name or "",
        said(person.relation, lang),
        said(person.sex, lang),
        str(age_on(person.birth, on)) if person.birth else "",
        mask(number),
        said(person.health, lang),
        said(person.skill, lang),
        said(person.schooling or person.education, lang),
        _YES_NO[insured].to(lang),
    ]


def said(value: str | Sequence[str] | None, lang: Lang) -> str:
    """Values of closed lists in a language; what is not listed stays as written, none is empty."""
    values = [value] if isinstance(value, str) else list(value or ())
    if lang == "zh":
        return "、".join(values)
    return ", ".join(map(in_english, values))


def _income(household: Household, year: int, happened: Sequence[Happening]) -> list[Pair]:
    """Income of a year by group, net and a head. Without items the sheet's own figures stand."""
    sums = dict.fromkeys(GROUPS, 0)
    items = list(household.incomes.all())
    for item in items:
        sums[item.item[0]] += item.fen
    if not items:
        return [(Text("填报纯收入", "Stated net income"), _yuan(household.stated_net_income))]
    net = sums["a"] + sums["b"] + sums["c"] + sums["d"] - sums["e"]
    pairs = [(Text("年度", "Year"), str(year))]
    pairs += [(label, format_yuan(sums[group])) for group, label in GROUPS.items()]
    pairs.append((Text("家庭纯收入", "Net income"), format_yuan(net)))
    per_head = income_per_head(
        household, net, year, members=len(household.persons.all()), happenings=happened
    )
    pairs.append((Text("人均纯收入", "A head"), _yuan(per_head)))
    pairs.append((Text("合规自付支出", "Paid for care"), _yuan(household.out_of_pocket)))
    return pairs


def _measures(household: Household, agreed: Sequence[str], lang: Lang) -> str:
    """The measures that the last sheet registered, then those agreed since."""
    parts = []
    for name in HELP:
        values = getattr(household, name)
        if values:
            label = _FACTS[name].zh if lang == "zh" else _FACTS[name].en
            parts.append(f"{label}{'：' if lang == 'zh' else ': '}{said(values, lang)}")
    return ("；" if lang == "zh" else "; ").join([*parts, *agreed])


def _fact(household: Household, name: str, lang: Lang) -> Pair:
    fact, value = _FACTS[name], getattr(household, name)
    if isinstance(value, bool):
        shown = _YES_NO[value].to(lang)
    elif fact.kind is Kind.MONTH:
        shown = month(value) if value else ""
    else:
        shown = said(str(value or ""), lang)
    return Text(fact.zh, fact.en), shown


def _yuan(fen: int | None) -> str:
    return "" if fen is None else format_yuan(fen)
