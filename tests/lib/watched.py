"""A plan, a visit, a finding with its photo at a village, planted for tests that look at everything."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bangfu.books.attachments.actions import keep
from bangfu.books.grievances.models import Grievance
from bangfu.books.supervision.models import (
    Bulletin,
    Evidence,
    Finding,
    Plan,
    Target,
    Visit,
    VisitPaper,
)
from bangfu.core import places

DAY, NOW = date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)


def watched(county: str, village: str, word: str) -> dict[str, int]:
    """`word` stands in every text. The keys are those of attacks/pages.toml."""
    plan = Plan.objects.create(
        place_code=county,
        year=2026,
        quarter=4,
        seed_source=word,
        villages_by_risk=1,
        villages_by_lot=0,
        projects_by_risk=0,
        projects_by_lot=0,
        village_digest="0" * 64,
        project_digest="0" * 64,
        fixed_on=DAY,
    )
    target = Target.objects.create(
        plan=plan,
        place_code=village,
        kind="village",
        key=village,
        name=word,
        weight=1,
        why_zh=word,
        why_en=word,
        chosen="risk",
        turn=1,
    )
    visit = Visit.objects.create(
        target=target,
        place_code=village,
        kind="village",
        key=village,
        visited_on=DAY,
        inspectors=word,
        seen=word,
        at=NOW,
    )
    finding = Finding.objects.create(
        place_code=village,
        visit=visit,
        subject_kind="village",
        subject=village,
        what=word,
        severity="ordinary",
        found_on=DAY,
    )
    kept = keep(
        by="tester",
        place_code=village,
        classes=(),
        name="seen.pdf",
        content=f"%PDF watch {village}".encode(),
        content_type="application/pdf",
        now=NOW,
    )
    Evidence.objects.create(
        finding=finding, place_code=village, attachment=kept, digest=kept.digest
    )
    VisitPaper.objects.create(visit=visit, place_code=village, attachment=kept)
    bulletin = Bulletin.objects.create(
        place_code=county, year=2026, half=2, title=word, body=word, drafted_on=DAY
    )
    grievance = Grievance.objects.create(
        # Given out to the township, so that every office of the two levels finds it.
        place_code=places.ancestor(village, places.Level.TOWNSHIP),
        secret_digest="0" * 64,
        channel="office",
        kind="other",
        about_place=village,
        words=word,
        received_on=DAY,
        filed_at=NOW,
        entered_by="tester",
        due_on=DAY,
    )
    return {
        "grievance": grievance.pk,
        "inspection_plan": plan.pk,
        "inspection_target": target.pk,
        "inspection_visit": visit.pk,
        "inspection_file": kept.pk,
        "watch_finding": finding.pk,
        "watch_file": kept.pk,
        "bulletin": bulletin.pk,
    }


def grievances_of(county: str, village: str, word: str) -> dict[str, int]:
    """One that is dealt with and one that is on appeal, both for who holds the county's roles."""
    filed = {
        "place_code": county,
        "secret_digest": "0" * 64,
        "channel": "office",
        "kind": "other",
        "about_place": village,
        "words": word,
        "received_on": DAY,
        "filed_at": NOW,
        "entered_by": "tester",
        "due_on": DAY,
        "triaged_on": DAY,
        "triaged_by": "tester",
        "unit": word,
        "answers_role": "county_officer",
    }
    answered = {"answer": word, "upheld": False, "answered_on": DAY, "answered_by": "tester"}
    appealed = {"appeal": word, "appealed_on": DAY, "appeal_level": "prefecture"}
    accepted = Grievance.objects.create(**filed, state="accepted")
    on_appeal = Grievance.objects.create(
        **filed, **answered, **appealed, appeal_until=DAY, state="appealed"
    )
    return {"grievance_accepted": accepted.pk, "grievance_appealed": on_appeal.pk}
