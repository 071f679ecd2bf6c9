"""Forms of the county's year: key villages, teams, meetings, commitments."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.places import picking
from bangfu.books.places.picking import PlaceField, PlacesForm
from bangfu.books.projects.actions.year import Promise
from bangfu.books.projects.forms.fields import text_line, text_lines, yuan_field
from bangfu.books.projects.models import Meeting, TeamMember
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan
from bangfu.core.places import CODE_LENGTH, Level
from bangfu.web import speech
from bangfu.web.forms import Form, date_field
from bangfu.web.picking import doubt


class KeyVillagesForm(PlacesForm):
    """The list of a year's key villages."""

    villages = text_lines(
        "重点村（每行一个村名或 12 位代码，可加空格和建档立卡户数）",
        "Key villages (a line each: name or 12-digit code, then the registered households if known)",
        12,
        help_text=speech.later("例如：茅坪镇 示例村 120", "For example: 茅坪镇 示例村 120"),
    )
    NUMBERS = frozenset({"villages"})

    def clean_villages(self) -> list[tuple[str, int | None]]:
        found = []
        for line in self.cleaned_data["villages"].splitlines():
            parts = line.replace(",", " ").replace("，", " ").split()
            if not parts:
                continue
            counted = len(parts) > 1 and parts[-1].isdecimal() and len(parts[-1]) < CODE_LENGTH
            count = int(parts.pop()) if counted else None
            meant = picking.found(" ".join(parts), reach=self.reach, level=Level.VILLAGE)
            if meant.meant is None:
                what = doubt(meant.fitting, PlaceField.LOOK_UP)
                raise ValidationError(
                    speech.say(
                        Text(
                            f"这一行不对：{line}。{what.zh}",
                            f"This line is not right: {line}. {what.en}",
                        )
                    )
                )
            found.append((meant.meant.key, count))
        return found


class PlanForm(Form):
    """A key village's plan in words."""

    plan = text_lines("村级规划要点", "What the village's plan is", 5)


class TeamForm(Form):
    """Who leads or helps a village."""

    part = forms.ChoiceField(
        label=speech.later("身份", "Part"),
        choices=(
            (TeamMember.Part.LEADER, speech.later("联村县领导", "county leader")),
            (TeamMember.Part.LEADING_UNIT, speech.later("队长单位", "leading unit")),
            (TeamMember.Part.MEMBER, speech.later("成员单位", "member unit")),
            (TeamMember.Part.ENTERPRISE, speech.later("规模企业", "enterprise")),
        ),
    )
    name = text_line("姓名或单位", "Name or unit")
    duty = text_lines("帮扶职责和项目", "Duties and projects", 2, required=False)


class MeetingForm(PlacesForm):
    """Minutes of a meeting, with what they bind departments to, a line each."""

    kind = forms.ChoiceField(
        label=speech.later("会议", "Meeting"),
        choices=(
            (Meeting.Kind.VILLAGE, speech.later("到村现场办公会（一村一纪要）", "in the village")),
            (Meeting.Kind.YEAR_START, speech.later("年初专题办公会", "at the year's start")),
            (Meeting.Kind.JOINT, speech.later("部门联席会议", "joint meeting of departments")),
        ),
    )
    place_code = PlaceField(label=speech.later("村或县", "Village or county"))
    held_on = date_field("开会日期", "Day it was held")
    chaired_by = text_line("主持人", "Chaired by")
    attended = text_lines("参加人员和单位", "Present", 2, required=False)
    decided = text_lines("议定事项", "What was decided", 4)
    promises = text_lines(
        "落实清单（每行：事项｜责任部门｜金额元｜时限｜项目编号，金额和项目编号可空）",
        "Commitments (a line each: item | department | yuan | deadline | project; yuan and project may be empty)",
        5,
        required=False,
        help_text=speech.later(
            "例如：硬化二组公路｜县交通运输局｜400000｜2026-10-31｜XM20260003",
            "For example: 硬化二组公路|县交通运输局|400000|2026-10-31|XM20260003",
        ),
    )

    def clean_promises(self) -> list[Promise]:
        found = []
        for line in self.cleaned_data["promises"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in re.split(r"[|｜]", line)]
            parts += [""] * (5 - len(parts))
            try:
                item, department, yuan, day, project = parts
                amount = fen_from_yuan(Decimal(yuan.replace(",", ""))) if yuan else None
                found.append(
                    Promise(item, department, date.fromisoformat(day), amount, "", project)
                )
            except (ValueError, ArithmeticError) as fault:
                raise ValidationError(
                    speech.say(Text(f"这一行不对：{line}", f"This line is not right: {line}"))
                ) from fault
        return found


class CommitmentForm(Form):
    """A commitment carried out."""

    done_on = date_field("完成日期", "Day it was done")
    done = yuan_field("落实金额（元）", "Amount provided (yuan)", required=False)
    outcome = text_lines("落实情况", "What came of it")


class ReleaseForm(Form):
    """A commitment released by a joint meeting."""

    meeting_id = forms.IntegerField(
        label=speech.later("联席会议编号", "Number of the joint meeting"), min_value=1
    )
    reason = text_lines("原因", "Why")
