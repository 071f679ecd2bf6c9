"""Stages with papers and limits, reports with photos, acceptance, results, the handing over."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from project_factories import VOTES, paper, photo

from bangfu.books.assets.actions import Left, hand_over
from bangfu.books.assets.models import Asset
from bangfu.books.cases import actions as cases
from bangfu.books.projects import actions, queries
from bangfu.books.projects.actions.stages import Offer
from bangfu.books.projects.models import (
    Bidder,
    Contribution,
    DeliveryStep,
    Mode,
    ProgressPhoto,
    Project,
    Stage,
    StagePaper,
)
from bangfu.core.errors import ConflictError, ForbiddenError, InputError
from bangfu.core.policy import Document, load
from bangfu.files.policy_folder import read_policy

ROAD = Left("通组公路", Asset.Kind.PUBLIC, 50_000_000, "示例村二组至四组", "示例村村民委员会")


def test_a_stage_names_every_paper_it_lacks(walk):
    project = walk.admitted()
    walk.stage(project, Stage.PLAN)
    with pytest.raises(InputError) as refused:
        walk.stage(project, Stage.DESIGN, papers=[paper("工程预算")])
    assert [p.value for p in refused.value.problems] == ["勘测设计文件"]
    assert walk.fresh(project).stage == "plan"


@pytest.fixture
def one_more_paper(walk):
    """From now on the plan asks for the villagers' resolution too."""
    folder = Path(__file__).parents[3] / "policy"
    written = [
        Document(each.label, each.text.replace('["实施方案"]', '["实施方案", "村民会议决议"]'))
        for each in read_policy(folder)
    ]

    def asked() -> None:
        walk.policy = load(written)

    return asked


def test_a_paper_asked_for_since_is_handed_in_later(walk, one_more_paper):
    project = walk.admitted()
    late = [paper("村民会议决议")]
    with pytest.raises(ConflictError, match="资料已齐"):
        walk.call(actions.hand_in, "officer", project=project, papers=late)
    walk.stage(project, Stage.PLAN)
    with pytest.raises(ConflictError, match="资料已齐"):
        walk.call(actions.hand_in, "officer", project=project, papers=late)
    one_more_paper()
    for who, papers, refusal in (
        ("officer", [], InputError),
        ("officer", [paper("发票")], InputError),
        ("clerk", late, ForbiddenError),
    ):
        with pytest.raises(refusal):
            walk.call(actions.hand_in, who, project=walk.fresh(project), papers=papers)
    walk.call(actions.hand_in, "roads", project=walk.fresh(project), papers=late)
    there = walk.fresh(project)
    with walk.inside("officer"):
        kept = StagePaper.objects.filter(project=project).values_list("kind", "stage", "actor")
        assert set(kept) == {("实施方案", "plan", "officer"), ("村民会议决议", "plan", "roads")}
        assert queries.missing_documents(there, policy=walk.policy, on=walk.today) == []


def test_stages_go_in_order_and_not_before_one_another(walk):
    project = walk.admitted()
    with pytest.raises(ConflictError):
        walk.stage(project, Stage.TENDER)
    walk.stage(project, Stage.PLAN)
    with pytest.raises(InputError):
        walk.stage(project, Stage.DESIGN, done_on=walk.today - timedelta(days=1))
    with pytest.raises(InputError):
        walk.stage(project, Stage.DESIGN, done_on=walk.today + timedelta(days=1))


def test_who_records_a_stage(walk):
    project = walk.admitted()
    with pytest.raises(ForbiddenError):
        walk.stage(project, Stage.PLAN, who="clerk")
    walk.stage(project, Stage.PLAN, who="roads")


def test_a_large_one_must_be_tendered(walk):
    project = walk.admitted(cost_fen=400_000_000)
    walk.stage(project, Stage.PLAN)
    walk.stage(project, Stage.DESIGN)
    with pytest.raises(InputError) as refused:
        walk.stage(project, Stage.TENDER, method="询价", amount_fen=390_000_000)
    [problem] = refused.value.problems
    assert problem.rule == "projects.tender_from"
    walk.stage(project, Stage.TENDER, method="公开招标", amount_fen=390_000_000)
    assert walk.fresh(project).contract_fen == 390_000_000


def test_a_fen_below_the_limit_need_not_be(walk):
    project = walk.admitted(cost_fen=399_999_999)
    walk.stage(project, Stage.PLAN)
    walk.stage(project, Stage.DESIGN)
    walk.stage(project, Stage.TENDER, method="询价", amount_fen=390_000_000)


def test_a_price_beyond_what_was_approved_is_refused(walk):
    project = walk.admitted()
    walk.stage(project, Stage.PLAN)
    walk.stage(project, Stage.DESIGN)
    with pytest.raises(InputError) as refused:
        walk.stage(project, Stage.TENDER, amount_fen=55_000_001)
    assert [p.where for p in refused.value.problems] == ["amount_fen"]


def test_who_offered_in_a_tender_is_kept_and_the_builder_is_among_them(walk):
    project = walk.admitted()
    walk.stage(project, Stage.PLAN)
    walk.stage(project, Stage.DESIGN)
    for offers in ((Offer("甲公司"), Offer("乙公司")), (Offer("示例公司"), Offer("示例公司 "))):
        with pytest.raises(InputError) as refused:
            walk.stage(project, Stage.TENDER, offers=offers)
        assert [p.where for p in refused.value.problems] == ["offers"]
    walk.stage(
        project, Stage.TENDER, offers=(Offer("示例公司", 52_000_000), Offer("甲公司", 53_000_000))
    )
    with walk.inside("officer"):
        kept = Bidder.objects.order_by("pk").values_list("name", "fen", "won")
        assert list(kept) == [("示例公司", 52_000_000, True), ("甲公司", 53_000_000, False)]


def raised(walk, project, fen, who="officer", **more):
    walk.call(
        actions.change_price, who, project=project, amount_fen=fen, **{"why": "增设涵洞", **more}
    )
    return walk.fresh(project).contract_fen


def test_a_price_is_raised_within_a_tenth_of_the_award_with_a_reason(walk):
    project = walk.admitted(cost_fen=60_000_000)
    walk.stage(project, Stage.PLAN)
    with pytest.raises(ConflictError, match="招标采购以后"):
        raised(walk, project, 53_000_000)
    for stage in (Stage.DESIGN, Stage.TENDER):
        walk.stage(project, stage)
    with pytest.raises(ForbiddenError):
        raised(walk, project, 53_000_000, who="clerk")
    for fen, more, where in (
        (52_000_000, {}, "amount_fen"),  # a price does not fall
        (60_000_001, {"papers": [paper("变更批复")]}, "amount_fen"),  # beyond what was approved
        (53_000_000, {"why": " "}, "why"),
        (57_200_001, {}, "papers"),
    ):
        with pytest.raises(InputError) as refused:
            raised(walk, project, fen, **more)
        assert [problem.where for problem in refused.value.problems] == [where]
    assert raised(walk, project, 57_200_000) == 57_200_000  # ten per cent of 520,000 yuan
    with pytest.raises(InputError):  # counted from the award and not from the last price
        raised(walk, project, 57_200_001)
    assert raised(walk, project, 60_000_000, papers=[paper("变更批复")]) == 60_000_000
    with walk.inside("officer"):
        steps = DeliveryStep.objects.filter(project=project, stage=Stage.TENDER).order_by("pk")
        assert [step.amount_fen for step in steps] == [52_000_000, 57_200_000, 60_000_000]
        assert {(step.method, step.party) for step in steps} == {("询价", "示例公司")}
        assert StagePaper.objects.filter(project=project, kind="变更批复").count() == 1


def test_work_for_relief_pays_its_share_of_wages(walk):
    project = walk.admitted()
    arrange(walk, project, mode=Mode.RELIEF)
    for stage in (Stage.PLAN, Stage.DESIGN, Stage.TENDER):
        walk.stage(project, stage)
    with pytest.raises(InputError) as refused:
        walk.stage(project, Stage.BUILDING, labour_fen=16_499_999)
    assert refused.value.problems[0].rule == "projects.labour_share"
    walk.stage(project, Stage.BUILDING, labour_fen=16_500_000)
    with pytest.raises(InputError) as refused:
        walk.stage(project, Stage.BUILT, who="head")
    assert {p.where: p.value for p in refused.value.problems} == {
        "papers": "劳务报酬发放表", "labour_fen": "",
    }  # fmt: skip


@pytest.mark.parametrize(("paid", "accepted"), [(16_499_999, False), (16_500_000, True)])
def test_what_wages_came_to_is_held_against_their_share_at_acceptance(walk, paid, accepted):
    project = walk.admitted()
    arrange(walk, project, mode=Mode.RELIEF)
    for stage in (Stage.PLAN, Stage.DESIGN, Stage.TENDER):
        walk.stage(project, stage)
    walk.stage(project, Stage.BUILDING, labour_fen=20_000_000)
    papers = [paper(kind) for kind in ("完工报告", "工程量清单", "劳务报酬发放表")]
    walk.stage(project, Stage.BUILT, who="head", labour_fen=paid, papers=papers)
    if accepted:
        assert walk.accept(walk.fresh(project)).stage == "accepted"
    else:
        with pytest.raises(InputError) as refused:
            walk.accept(walk.fresh(project))
        assert "劳务报酬 164,999.99 元" in "".join(p.text.zh for p in refused.value.problems)


def test_retention_is_limited(walk):
    project = walk.admitted()
    with pytest.raises(InputError):
        arrange(walk, project, retention_share=Decimal("0.1001"))
    arrange(walk, project, retention_share=Decimal("0.1"))


def arrange(walk, project, **more):
    terms = {
        "mode": Mode.CLAIMS,
        "subsidy_share": None,
        "retention_share": Decimal(0),
        "position": None,
        **more,
    }
    walk.call(actions.arrange, "officer", project=project, **terms)


def report(walk, project, percent, *photos, who="clerk", **more):
    return walk.call(
        actions.report_progress,
        who,
        project=project,
        percent=percent,
        said="路基完成",
        photographs=photos,
        **more,
    )


def building(walk, **terms):
    project = walk.admitted()
    arrange(walk, project, **terms)
    for stage in (Stage.PLAN, Stage.DESIGN, Stage.TENDER, Stage.BUILDING):
        walk.stage(project, stage)
    return walk.fresh(project)


def test_photos_are_held_against_the_project_and_what_does_not_fit_is_said(walk):
    project = building(walk, position=(Decimal("31.0"), Decimal("110.0")))
    day = walk.today.strftime("%Y:%m:%d 10:00:00")
    old = (walk.today - timedelta(days=30)).strftime("%Y:%m:%d 10:00:00")
    report(
        walk,
        project,
        30,
        photo("red", at=(31.01, 110.0), taken=day),
        photo("green", at=(32.0, 110.0), taken=old),
        photo("blue"),
    )
    with walk.inside("clerk"):
        told = [(p.distance_m, p.doubts) for p in ProgressPhoto.objects.order_by("pk")]
    assert told == [
        (1112, []),
        (111195, ["far", "other_day"]),
        (None, ["no_position", "no_time"]),
    ]


def test_a_photo_of_a_project_without_a_place_says_so(walk):
    project = building(walk)
    report(walk, project, 30, photo(at=(31.01, 110.0)))
    with walk.inside("clerk"):
        assert ProgressPhoto.objects.get().doubts == ["site_unknown", "no_time"]


@pytest.mark.parametrize(("percent", "photos"), [(20, 1), (101, 1), (40, 0)])
def test_a_report_that_goes_back_or_shows_nothing_is_refused(walk, percent, photos):
    project = building(walk)
    report(walk, project, 30, photo())
    with pytest.raises(InputError):
        report(walk, project, percent, *[photo()] * photos)


def test_a_report_that_was_too_high_is_corrected(walk):
    project = building(walk)
    report(walk, project, 80, photo("red"))
    report(walk, project, 30, photo("green"), correcting=True)
    with walk.inside("clerk"):
        assert list(project.progress.order_by("pk").values_list("percent", flat=True)) == [80, 30]


def test_a_photo_proves_one_report(walk):
    project = building(walk)
    report(walk, project, 30, photo("red"))
    with pytest.raises(InputError) as refused:
        report(walk, project, 60, photo("red"))
    assert [(p.where, "以前都报过" in p.text.zh) for p in refused.value.problems] == [
        ("photos", True)
    ]
    report(walk, project, 60, photo("red"), photo("green"))
    with walk.inside("clerk"):
        told = [p.doubts for p in ProgressPhoto.objects.order_by("pk")]
    assert ["reported" in doubts for doubts in told] == [False, True, False]


def test_the_same_photo_twice_is_kept_once(walk):
    project = building(walk)
    report(walk, project, 30, photo(), photo())
    with walk.inside("clerk"):
        assert ProgressPhoto.objects.count() == 1


def test_payable_follows_the_stages(walk, policy):
    project = building(walk, retention_share=Decimal("0.05"))

    def payable(on=None):
        with walk.inside("finance"):
            return queries.payable_fen(walk_fresh(), on or walk.today, policy=policy)

    def walk_fresh():
        return Project.objects.get(pk=project.pk)

    assert payable(walk.today - timedelta(days=1)) == 0
    assert payable() == 20_800_000  # 40 % of 520,000 yuan
    report(walk, project, 30, photo())
    assert payable() == 28_600_000  # 40 % and 30 % of 50 %
    walk.stage(project, Stage.BUILT, who="head")
    assert payable() == 46_800_000  # 90 %
    accepted = walk.accept(project)
    assert queries.accepted_cost_fen(accepted) == 51_000_000
    assert payable() == 48_450_000  # 95 % of 510,000
    assert payable(date(2027, 12, 31)) == 51_000_000  # the retention is free after a year
    walk.call(actions.note_defect, "clerk", project=accepted, what="路面开裂")
    assert payable(date(2027, 12, 31)) == 48_450_000


def test_afterwards_means_after_acceptance(walk, policy):
    project = building(walk, mode=Mode.AFTER, subsidy_share=Decimal("0.8"))
    with walk.inside("finance"):
        assert queries.payable_fen(project, walk.today, policy=policy) == 0
    walk.stage(project, Stage.BUILT, who="head")
    accepted = walk.accept(project)
    with walk.inside("finance"):
        assert queries.payable_fen(accepted, walk.today, policy=policy) == 40_800_000


def test_acceptance_beyond_the_contract_and_with_a_defect_waits(walk):
    project = walk.built(walk.admitted())
    defect = walk.call(actions.note_defect, "team", project=project, what="边沟未砌")
    with pytest.raises(InputError) as refused:
        walk.accept(project, accepted_cost=52_000_001)
    told = "".join(p.text.zh for p in refused.value.problems)
    assert "未修复" in told
    assert "合同价" in told
    walk.call(actions.repair_defect, "head", defect_id=defect.pk, repair="已补砌")
    walk.step(project, "approver", answers={"accepted_cost": 52_000_000, "seen": "核对资料"})
    accepted = walk.fresh(project)
    assert (accepted.stage, accepted.accepted_fen) == ("accepted", 52_000_000)


def test_the_county_goes_to_see_a_large_one(walk):
    project = walk.admitted(cost_fen=100_000_000)
    for stage in (Stage.PLAN, Stage.DESIGN):
        walk.stage(project, stage)
    walk.stage(project, Stage.TENDER, amount_fen=99_000_000)
    for stage, who in ((Stage.BUILDING, "officer"), (Stage.BUILT, "head")):
        walk.stage(project, stage, who=who)
    with pytest.raises(InputError) as refused:
        walk.accept(project, seen="核对资料", accepted_cost=98_000_000)
    assert "县级必须到现场" in "".join(p.text.zh for p in refused.value.problems)
    seen = {"accepted_cost": 98_000_000, "seen": "现场抽查", "sample": "三处合格"}
    walk.step(project, "approver", answers=seen)
    assert walk.fresh(project).stage == "accepted"


def test_acceptance_waits_for_completion(walk):
    project = building(walk)
    with pytest.raises(InputError) as refused:
        walk.accept(project)
    assert any("还没有报完工" in p.text.zh for p in refused.value.problems)


def test_acceptance_goes_back_for_repair_in_a_new_round(walk):
    project = walk.built(walk.admitted())
    with pytest.raises(InputError):  # a sample was taken, and nobody says what it showed
        walk.accept(project, sample="")
    case = walk.case(project)
    walk.call(
        cases.return_to, "approver", chosen={case.pk: case.version}, step="village", reason="返工"
    )
    assert (walk.case(project).step, walk.case(project).round_no) == ("village", 2)


def test_results_are_held_against_targets_and_the_unit_s_next_project_sees_them(walk):
    project = walk.accept(walk.built(walk.admitted()))
    with pytest.raises(InputError) as refused:
        assess(walk, project, {"受益农户": Decimal(30), "满意度": Decimal(96)})
    assert [p.where for p in refused.value.problems] == ["受益农户"]
    assess(
        walk,
        project,
        {"受益农户": Decimal(30), "满意度": Decimal(96)},
        {"受益农户": "四组搬迁"},
    )
    later = walk.propose(name="另一条路", task="完全不同的任务")
    walk.step(later, "clerk", answers={**VOTES, "held_on": walk.today})
    case = walk.step(later, "reviewer")
    with walk.inside("officer"):
        conditions = {c.criterion: c for c in case.records.order_by("-pk").first().conditions.all()}
    assert not conditions["unit_reached"].met
    assert conditions["unit_reached"].evidence_zh == "责任单位以往结项评估 2 项目标，达到 1 项"


def assess(walk, project, reached, notes=None):
    walk.call(actions.assess, "officer", project=project, reached=reached, notes=notes or {})


def test_a_target_in_words_is_assessed_as_reached_or_not(walk):
    """Projects were admitted before a number was asked for: they end like the others."""
    project = walk.accept(walk.built(walk.admitted()))
    with walk.inside("officer"):
        Project.objects.filter(pk=project.pk).update(performance_target="好好干")
    with pytest.raises(InputError) as refused:
        assess(walk, walk.fresh(project), {"好好干": Decimal(0)})
    assert [p.where for p in refused.value.problems] == ["好好干"]
    assess(walk, walk.fresh(project), {"好好干": Decimal(1)})
    over(walk, walk.fresh(project), ROAD)
    assert walk.fresh(project).stage == "handed_over"


def test_from_acceptance_to_an_asset(walk):
    project = walk.accept(walk.built(walk.admitted()))
    with pytest.raises(ConflictError):
        over(walk, project, ROAD)
    assess(walk, project, {"受益农户": Decimal(42), "满意度": Decimal(97)})
    with pytest.raises(InputError):
        over(walk, project, ROAD, ROAD)  # worth more than was accepted
    with pytest.raises(InputError):
        over(walk, project)
    over(walk, project, ROAD)
    assert walk.fresh(project).stage == "handed_over"
    with walk.inside("clerk"):
        asset = Asset.objects.get()
        assert (asset.name, asset.kind, asset.value_fen, asset.project_id) == (
            "通组公路",
            "public",
            50_000_000,
            project.pk,
        )


def over(walk, project, *left):
    walk.call(hand_over, "officer", project=project, left=left, papers=[paper("资产移交清单")])


def test_villagers_own_part_stands_beside_the_ledger(walk):
    project = building(walk)
    given = {
        "kind": Contribution.Kind.LABOUR,
        "given_on": walk.today,
        "households": 20,
        "quantity": Decimal(160),
        "unit": "工日",
        "fen": 1_600_000,
    }
    walk.call(actions.contribute, "clerk", project=project, **given)
    with pytest.raises(InputError):
        walk.call(actions.contribute, "clerk", project=project, **{**given, "households": 0})
    with walk.inside("finance"):
        assert Contribution.objects.get().fen == 1_600_000
