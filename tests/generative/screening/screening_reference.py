"""Screening written a second time, slowly and obviously, over rows in memory."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from screening_cases import VALUES, Books

from bangfu.core.facts.dictionary import HELP
from bangfu.core.periods import age_on
from bangfu.core.screening.parameters import Parameters
from bangfu.core.screening.risks import RISKS

Row = dict[str, Any]


def _key(row: Row) -> tuple[str, str]:
    return row["place_code"], row["household_no"]


def household_rows(books: Books, parameters: Parameters) -> list[Row]:
    """What `household_screening` gives, without the columns it merely carries along."""
    found = []
    for household in books["household"]:
        members = [person for person in books["person"] if _key(person) == _key(household)]
        items = [row for row in books["income"] if _key(row) == _key(household)]
        found.append(_household(household, members, items, parameters))
    return found


def _income(household: Row, items: list[Row], parameters: Parameters) -> Row:
    names = [
        "wage_income",
        "business_income",
        "property_income",
        "transfer_income",
        "business_cost",
    ]
    past = [row for row in items if row["year"] <= parameters.on.year]
    if not past:
        return {name: household[name] for name in names}
    newest = max(row["year"] for row in past)
    return {
        name: sum(r["fen"] for r in past if r["year"] == newest and r["item"][0] == letter)
        for letter, name in zip("abcde", names, strict=True)
    }


def _line(place_code: str, parameters: Parameters) -> int | None:
    fitting = [line for line in parameters.lines if place_code.startswith(line[0])]
    return max(fitting, key=lambda line: len(line[0]))[1] if fitting else None


def _unschooled(person: Row, parameters: Parameters) -> bool:
    if person["birth"] is None or person["schooling"] or person["no_school_reason"]:
        return False
    low, high = parameters.school_age
    through = person["education"] not in (None, "文盲或半文盲", "小学")
    return low <= age_on(person["birth"], parameters.on) <= high and not through


def _uninsured(person: Row) -> bool:
    insurances = [person["resident_medical"], person["employee_medical"]]
    return False in insurances and True not in insurances


def _has(person: Row, health: str) -> bool:
    return health in (person["health"] or [])


def _household(household: Row, members: list[Row], items: list[Row], p: Parameters) -> Row:
    count = lambda condition: sum(1 for person in members if condition(person))
    row: Row = {
        "place_code": household["place_code"],
        "household_no": household["household_no"],
        "members": len(members),
        "out_of_school": count(lambda m: not m["schooling"] and m["no_school_reason"]),
        "no_schooling": count(lambda m: _unschooled(m, p)),
        "uninsured": count(_uninsured),
        "severely_ill": count(lambda m: _has(m, "患有大病")),
        "disabled": count(lambda m: _has(m, "残疾")),
        "able": count(lambda m: m["skill"] in ("普通劳动力", "技能劳动力")),
        "workers": count(lambda m: (m["work_months"] or 0) >= p.work_months_at_least),
        "students_beyond": count(lambda m: m["schooling"] == "普通高中一年级"),
        "on_low_income_aid": count(lambda m: m["low_income_aid"] == "农村低保"),
        "on_destitute_aid": count(lambda m: m["destitute_aid"] == "城市特困"),
    }
    income = _income(household, items, p)
    gains = [v for name, v in income.items() if name != "business_cost" and v is not None]
    net = sum(gains) - (income["business_cost"] or 0) if gains else None
    spent = household["out_of_pocket"]
    reference = None if net is None else net + (household["claims_income"] or 0) - (spent or 0)
    line = _line(household["place_code"], p)
    needed = line * len(members)
    water = household["water_litres"], household["water_minutes"], household["water_shortage_days"]
    row |= {
        "net_income": net,
        "reference_income": reference,
        "line": line,
        "monitored_open": household["monitored_class"] is not None
        and household["risk_removed"] is not True,
        "below_line": net is not None and net < needed,
        "reference_below_line": reference is not None and reference < needed,
        "income_unknown": net is None and bool(members),
        "dropout_stated": household["dropout"] is True,
        "child_out_of_school": row["out_of_school"] > 0,
        "child_without_schooling": row["no_schooling"] > 0,
        "uninsured_stated": household["uninsured_member"] is True,
        "member_uninsured": row["uninsured"] > 0,
        "dangerous_house_stated": household["dangerous_house"] is True,
        "housing_grade_dangerous": household["housing_grade"] in p.dangerous_grades,
        "water_unsafe_stated": household["safe_water"] is False,
        "water_too_little": water[0] is not None and water[0] < 35,
        "water_too_far": water[1] is not None and water[1] > 30,
        "water_short": water[2] is not None and water[2] > 15,
        "medical_over_threshold": spent is not None and spent >= p.medical_threshold,
        "medical_over_share": bool(
            spent and spent > 0 and net is not None and spent > p.medical_share * net
        ),
    }
    unmet = {
        "education_unmet": ["dropout_stated", "child_out_of_school", "child_without_schooling"],
        "medical_unmet": ["uninsured_stated", "member_uninsured"],
        "housing_unmet": ["dangerous_house_stated", "housing_grade_dangerous"],
        "water_unmet": ["water_unsafe_stated", "water_too_little", "water_too_far", "water_short"],
    }
    for guarantee, reasons in unmet.items():
        row[guarantee] = any(row[reason] for reason in reasons)
    row["unmet_guarantees"] = sum(row[guarantee] for guarantee in unmet)
    medical = row["medical_over_threshold"] or row["medical_over_share"]
    cost, business = income["business_cost"], income["business_income"]
    row |= {
        "risk_illness": row["severely_ill"] > 0 or medical,
        "risk_schooling": row["students_beyond"] >= p.students_at_least,
        "risk_disability": row["disabled"] > 0,
        "risk_housing": row["housing_unmet"],
        "risk_water": row["water_unmet"],
        "risk_work": row["able"] > 0 and row["workers"] == 0,
        "risk_labour": bool(members)
        and Fraction(row["able"], len(members)) <= p.labour_share_at_most,
        "risk_business": cost is not None and business is not None and cost > business,
    }
    deprived = {
        "income": row["below_line"],
        "adult_schooling": bool(members)
        and not any(
            m["education"] == "初中" or m["schooling"] == "普通高中一年级" for m in members
        ),
        "school_attendance": row["education_unmet"],
        "health": any(_has(m, "患有大病") or _has(m, "长期慢性病") for m in members),
        "medical_insurance": row["medical_unmet"],
        "housing": row["housing_unmet"],
        "water": row["water_unmet"],
        "electricity": household["electricity"] is False,
        "toilet": household["sanitary_toilet"] is False,
        "road": household["paved_access"] is False,
        "land": household["cropland"] == 0,
    }
    row |= {f"deprived_{name}": value for name, value in deprived.items()}
    row["score"] = sum(i.weight for i in p.scheme.indicators if deprived[i.id])
    row["poor"] = bool(members) and Fraction(row["score"], p.scheme.weight) >= p.scheme.cutoff
    row["concern"] = row["below_line"] or row["unmet_guarantees"] > 0 or medical
    return row


def ranking_rows(households: list[Row]) -> list[Row]:
    """Ranks by counting who goes before."""
    ranked = [row for row in households if row["members"]]

    def order(row: Row) -> tuple[Any, ...]:
        unknown = row["net_income"] is None
        head = 0 if unknown else Fraction(row["net_income"], row["members"])
        return -row["score"], -row["unmet_guarantees"], unknown, head

    def rank(row: Row, digits: int) -> int:
        near = [o for o in ranked if o["place_code"][:digits] == row["place_code"][:digits]]
        return 1 + sum(order(other) < order(row) for other in near)

    return [
        {
            "place_code": row["place_code"],
            "household_no": row["household_no"],
            "village_rank": rank(row, 12),
            "township_rank": rank(row, 9),
        }
        for row in ranked
    ]


def poverty_rows(households: list[Row], parameters: Parameters) -> list[Row]:
    """Person by person."""
    villages: dict[str, list[Row]] = defaultdict(list)
    for row in households:
        villages[row["place_code"]].append(row)
    found = []
    for place_code, rows in villages.items():
        people = [row for row in rows for _ in range(row["members"])]
        poor = [row for row in people if row["poor"]]
        sums = {
            "place_code": place_code,
            "households": len(rows),
            "people": len(people),
            "poor_households": sum(row["poor"] for row in rows),
            "poor": len(poor),
            "score": sum(row["score"] for row in poor),
        }
        for indicator in parameters.scheme.indicators:
            sums[f"raw_{indicator.id}"] = sum(row[indicator.column] for row in people)
            sums[f"censored_{indicator.id}"] = sum(row[indicator.column] for row in poor)
        found.append(sums)
    return found


def class_rows(books: Books, households: list[Row]) -> list[Row]:
    """The six classes of every household of concern."""
    sheets = {_key(row): row for row in books["household"]}
    found = []
    for row in (row for row in households if row["concern"]):
        sheet = sheets[_key(row)]
        village = [other for other in households if other["place_code"] == row["place_code"]]
        people = sum(other["members"] for other in village)
        able = sum(other["able"] for other in village)
        land = sum(sheet[name] or 0 for name in ("cropland", "woodland", "orchard"))
        financed = bool(sheet["finance_help"])
        able_in_part = any(
            person["skill"] == "弱劳动力或半劳动力" and _key(person) == _key(row)
            for person in books["person"]
        )
        remote = (sheet["main_road_km"] or 0) > VALUES["screening.far_from_road"]
        found.append(
            {
                "place_code": row["place_code"],
                "household_no": row["household_no"],
                "monitored_open": row["monitored_open"],
                "helped": any(sheet[name] for name in HELP),
                "class_lost_labour": row["members"] > 0 and not row["able"] and not able_in_part,
                "class_village_short_of_labour": people > 0
                and Fraction(able, people) < VALUES["screening.village_labour_share_below"],
                "class_disabled": row["disabled"] > 0,
                "class_much_labour": row["able"] >= VALUES["screening.many_labour_at_least"],
                "class_short_of_capital": row["able"] > 0
                and land >= VALUES["screening.land_at_least"]
                and not financed,
                "class_fragile_place": row["place_code"].startswith(
                    VALUES["screening.fragile_places"]
                )
                or (remote and (row["water_unmet"] or row["housing_unmet"])),
            }
        )
    return found


def unstated_rows(books: Books, households: list[Row]) -> list[Row]:
    """Risks that the facts of monitored households show and the books do not state."""
    sheets = {_key(row): row for row in books["household"]}
    return [
        {"place_code": row["place_code"], "household_no": row["household_no"], "risk": risk}
        for row in households
        if row["monitored_open"]
        for flag, risk in RISKS.items()
        if row[flag] and risk not in [sheets[_key(row)][f"risk_{n}"] for n in range(1, 6)]
    ]


def clue_rows(books: Books, households: list[Row], p: Parameters) -> list[tuple[Any, ...]]:
    """(clue, household_no, person_no, amount) of every disagreement."""
    screened = {_key(row): row for row in households}
    sheets = {_key(row): row for row in books["household"]}
    found = _unknown_patients(books, p)
    for person in books["person"]:
        own = [r for r in books["roster"] if r["certificate_token"] == person["certificate_token"]]
        lists: dict[str, list[Row]] = defaultdict(list)
        for row in own:
            lists[row["roster"]].append(row)
        who = person["household_no"], person["person_no"]
        home, sheet = screened[_key(person)], sheets[_key(person)]
        clues = [*_aid_clues(person, home, lists, p), *_house_clues(sheet, lists, p)]
        found += [(clue, *who, amount) for clue, amount in clues]
    return found


def _unknown_patients(books: Books, p: Parameters) -> list[tuple[Any, ...]]:
    spent: dict[str, int] = defaultdict(int)
    for row in books["roster"]:
        if row["roster"] == "medical":
            spent[row["certificate_token"]] += row["amount"] or 0
    known = {person["certificate_token"] for person in books["person"]}
    return [
        ("medical_not_in_books", None, None, amount)
        for token, amount in spent.items()
        if amount > p.medical_roster_threshold and token not in known
    ]


Clues = list[tuple[str, int | None]]


def _aid_clues(person: Row, home: Row, lists: dict[str, list[Row]], p: Parameters) -> Clues:
    found: Clues = []
    spent = sum(row["amount"] or 0 for row in lists["medical"])
    if spent > p.medical_roster_threshold and not home["monitored_open"]:
        found.append(("medical_not_monitored", spent))
    aided = person["low_income_aid"] == "农村低保" or person["destitute_aid"] == "城市特困"
    if aided and not lists["low_income"]:
        found.append(("low_income_not_on_roster", None))
    if not aided:
        found += [("low_income_not_in_sheet", row["amount"]) for row in lists["low_income"]]
    if _has(person, "残疾"):
        found += [("disabled_not_on_roster", None)] * (not lists["disabled"])
    else:
        found += [("disabled_not_in_sheet", None)] * len(lists["disabled"])
    if home["on_low_income_aid"] or home["on_destitute_aid"]:
        found += [("vehicle_on_low_income_aid", None)] * len(lists["vehicles"])
        found += [("business_on_low_income_aid", None)] * len(lists["businesses"])
    dead = [row for row in lists["deaths"] if row["day"] is None or row["day"] <= p.on]
    return found + [("dead_still_member", None)] * len(dead)


def _house_clues(sheet: Row, lists: dict[str, list[Row]], p: Parameters) -> Clues:
    known = sheet["dangerous_house"] is True or sheet["housing_grade"] in p.dangerous_grades
    found: Clues = []
    for row in lists["houses"]:
        dangerous = row["kind"] in p.dangerous_grades
        if dangerous and not known:
            found.append(("dangerous_house_not_in_sheet", None))
        if known and row["kind"] is not None and not dangerous:
            found.append(("dangerous_house_not_on_roster", None))
    return found
