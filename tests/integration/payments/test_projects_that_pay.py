"""Which projects pay households, and which are works by the words that policy holds for their purpose."""

from datetime import date

import pytest

from bangfu.books.payments.fitting import why_works
from bangfu.books.projects.models import Project
from bangfu.files.policy_folder import policy_in_force

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("purpose", "name", "task", "works"),
    [
        ("教育帮扶", "上坝村教学点维修项目", "改造15十平方米", True),
        ("教育帮扶", "上坝村项目", "改造校舍12十平方米", True),
        ("教育帮扶", "上坝村雨露计划补助项目", "补助职业教育在校生", False),
        ("产业发展", "上坝村茶叶项目", "新建或改造基地30亩", True),
        ("产业发展", "果园村到户产业奖补项目", "奖补发展产业的农户", False),
        ("易地扶贫搬迁", "搬迁安置点配套项目", "完善设施3处", True),
        ("农村危房改造", "上坝村危房改造项目", "改造农村危房", False),
        ("金融贴息", "上坝村小额信贷贴息项目", "贴息贷款户", False),
    ],
)
def test_works_are_known_by_the_words_of_their_purpose(purpose, name, task, works):
    project = Project(place_code="420527001201", purpose=purpose, name=name, task=task)
    assert (why_works(project, policy_in_force(), on=TODAY) is not None) == works
    # Who builds first and is paid afterwards is paid as a household.
    project.mode = "after"
    assert why_works(project, policy_in_force(), on=TODAY) is None
