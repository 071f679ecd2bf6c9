"""The values that made a check fire are said with sums in yuan, whatever the check calls them."""

import json

from bangfu.books.screening.exporters import shown_values, value_label
from bangfu.files.policy_folder import load_policy

CHECKS = {check.id: check for check in load_policy().all_checks}


def test_a_line_that_is_a_sum_is_said_in_yuan():
    values = json.dumps({"stated_income_per_head": 869_999, "line": 870_000})
    assert (
        shown_values(values, "zh", CHECKS["1_02_006"])
        == "人均纯收入（元）：8,699.99；收入线：8,700.00"
    )


def test_every_limit_in_yuan_is_one_and_no_other_is():
    for check in CHECKS.values():
        for name, spec in check.parameters.items():
            shown = value_label(name, 123_400, "en", check)[1]
            assert shown == ("1,234.00" if spec.unit.startswith("yuan") else "123400"), check.id
    assert value_label("maximum", 7, "zh", None)[1] == "7"
