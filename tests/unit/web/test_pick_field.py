"""A field in which a thing is picked: what it takes, what it says, what it shows."""

from __future__ import annotations

import pytest
from django import forms
from django.test import RequestFactory

from bangfu.core.language import Text
from bangfu.web.forms import Form
from bangfu.web.picking import LONGEST, Found, Pick, PickByKindField, PickField, suggested, typed
from bangfu.web.speech import speaking

FRUIT = tuple(Pick(f"{n}", f"<苹果>{n} 号 {n}") for n in range(7))
ONE = Pick("77", "梨 77")


class FruitField(PickField):
    SUGGESTIONS = "pick-place"
    LOOK_UP = Text("请看目录。", "See the catalogue.")

    def found(self, text: str) -> Found:
        if text in ("77", "梨", ONE.label):
            return Found.outright(ONE)
        return Found(None, tuple(pick for pick in FRUIT if text in pick.label))

    def asked(self) -> dict[str, str]:
        return {"level": "5"}


class FruitForm(Form):
    fruit = FruitField(label="F")
    other = FruitField(label="O", required=False)


@pytest.mark.parametrize("text", ["77", " 梨 ", ONE.label])
def test_a_code_a_name_and_what_was_suggested_give_the_code(text: str):
    form = FruitForm({"fruit": text, "other": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"fruit": "77", "other": ""}
    assert 'value="梨 77"' in str(form["fruit"])


def test_several_that_fit_are_named_up_to_five_and_listed():
    with speaking("zh"):
        form = FruitForm({"fruit": "苹果"})
        [said] = form.errors["fruit"]
    assert (
        said
        == "请从列表中选一个，或填代码。相符的有："
        + "；".join(pick.label for pick in FRUIT[:5])
        + " 等。"
    )
    shown = str(form["fruit"])
    assert 'value="苹果"' in shown
    assert shown.count("<option") == 7
    assert "&lt;苹果&gt;6 号 6" in shown
    assert "<苹果>" not in shown
    assert 'aria-invalid="true"' in shown


class ThingForm(Form):
    kind = forms.ChoiceField(choices=[("fruit", "F"), ("free", "X")])
    thing = PickByKindField(by="kind", kinds={"fruit": FruitField()})


def test_what_is_picked_follows_the_choice_beside_it():
    picked = ThingForm({"kind": "fruit", "thing": "梨"})
    assert picked.is_valid()
    assert picked.cleaned_data["thing"] == "77"
    assert 'value="梨 77"' in str(picked["thing"])
    free = ThingForm({"kind": "free", "thing": "梨"})
    assert free.is_valid()
    assert free.cleaned_data["thing"] == "梨"
    with speaking("zh"):
        assert ThingForm({"kind": "fruit", "thing": "葡萄"}).errors["thing"] == [
            "没有找到。请看目录。"
        ]
    assert 'value="梨 77"' in str(ThingForm(initial={"kind": "fruit", "thing": "77"})["thing"])


def test_the_page_is_told_where_to_ask_for_each_choice():
    shown = str(ThingForm()["thing"])
    assert 'data-pick-by="kind"' in shown
    assert "/places/pick/?level=5" in shown


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "没有找到。请看目录。"), ("en", "Nothing found. See the catalogue.")],
)
def test_where_to_look_is_said_when_nothing_fits(language, said):
    with speaking(language):
        assert FruitForm({"fruit": "葡萄"}).errors["fruit"] == [said]


def test_a_missing_and_an_overlong_text_are_refused():
    assert set(FruitForm({}).errors) == {"fruit"}
    assert set(FruitForm({"fruit": "梨" * (LONGEST + 1)}).errors) == {"fruit"}


def test_the_line_asks_for_suggestions_with_itself_alone():
    shown = str(FruitForm()["fruit"])
    assert 'hx-post="/places/pick/?level=5"' in shown
    assert 'hx-params="fruit"' in shown
    assert 'list="id_fruit_suggested"' in shown
    assert '<datalist id="id_fruit_suggested"></datalist>' in shown


def test_what_stands_there_from_the_start_is_shown_by_name():
    assert 'value="梨 77"' in str(FruitForm(initial={"fruit": "77"})["fruit"])
    assert 'value="88"' in str(FruitForm(initial={"fruit": "88"})["fruit"])


def test_one_form_leaves_nothing_in_the_next():
    FruitForm({"fruit": "苹果", "other": "梨"}).is_valid()
    fresh = FruitForm({"fruit": "葡萄"})
    assert not fresh.is_valid()
    assert "<option" not in str(fresh["fruit"])
    assert "梨" not in str(fresh["other"])


def test_what_is_typed_comes_in_the_body_under_the_fields_name():
    ask = RequestFactory().post
    assert (
        typed(ask("/", {"fruit": " 梨 ", "q": "x"}, headers={"HX-Trigger-Name": "fruit"})) == "梨"
    )
    assert typed(ask("/", {"q": "梨\x00"})) == "梨"
    assert typed(ask("/", {})) == ""
    assert typed(RequestFactory().get("/", {"q": "梨"})) == ""
    assert len(typed(ask("/", {"q": "梨" * 500}))) == LONGEST


def test_what_was_found_by_its_sound_is_labelled_with_it_lest_the_browser_hides_it():
    shown = suggested(Found(None, (ONE,)), 'li"').content.decode()
    assert shown == '<option value="梨 77" label="梨 77 (li&quot;)"></option>'
    assert "label" not in suggested(Found(None, (Pick("7", "Li 7"),)), "li").content.decode()


def test_suggestions_end_when_the_one_thing_is_written_out():
    assert suggested(Found.outright(ONE), "梨").content.decode() == (
        '<option value="梨 77"></option>'
    )
    assert suggested(Found.outright(ONE), ONE.label).content == b""
    assert suggested(Found(), "葡萄").content == b""
