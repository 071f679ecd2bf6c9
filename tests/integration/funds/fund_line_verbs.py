"""The verbs of a fund line: each does the same to the books and to the model, or both refuse it."""

from __future__ import annotations

from fund_model import LINES, Model
from hypothesis import strategies as st
from hypothesis.stateful import rule

from bangfu.books.funds import actions

PROJECTS = ("P", "Q")
AMOUNTS = st.integers(1, 5)


class LineVerbs(Model):
    """Money of a line: promised, announced, come in, carried over, taken back, freed."""

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS)
    def pledge(self, line, fen):
        legs = [((line, "source", ""), -fen), ((line, "pledged", ""), fen)]
        self.attempt(legs, lambda: actions.pledge(**self.terms(line, fen)))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS, redeemed=st.integers(0, 5))
    def announce(self, line, fen, redeemed):
        redeemed = min(redeemed, fen)
        legs = [
            ((line, "pledged", ""), -redeemed),
            ((line, "source", ""), redeemed - fen),
            ((line, "announced", ""), fen),
        ]
        terms = self.terms(line, fen) | {"redeems_fen": redeemed}
        self.attempt(legs, lambda: actions.announce(**terms))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS)
    def receive(self, line, fen):
        legs = [((line, "treasury", ""), -fen), ((line, "received", ""), fen)]
        self.attempt(legs, lambda: actions.receive(**self.terms(line, fen)))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS)
    def carry_over(self, line, fen):
        legs = [((line, "announced", ""), -fen), ((line, "carried_over", ""), fen)]
        self.attempt(legs, lambda: actions.carry_over(**self.terms(line, fen)))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS)
    def bring_in(self, line, fen):
        legs = [((line, "carried_over", ""), -fen), ((line, "announced", ""), fen)]
        self.attempt(legs, lambda: actions.bring_in(**self.terms(line, fen)))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS, carried=st.integers(0, 2), cash=AMOUNTS)
    def take_back(self, line, fen, carried, cash):
        legs = [
            ((line, "announced", ""), -fen),
            ((line, "carried_over", ""), -carried),
            ((line, "taken_back", ""), fen + carried),
            ((line, "received", ""), -cash),
            ((line, "returned", ""), cash),
        ]
        terms = self.terms(line, fen) | {"carried_fen": carried, "cash_fen": cash}
        self.attempt(legs, lambda: actions.take_back(**terms))

    @rule(line=st.sampled_from(LINES), project=st.sampled_from(PROJECTS), fen=AMOUNTS)
    def restore(self, line, project, fen):
        legs = [((line, "recovered", project), -fen), ((line, "announced", ""), fen)]
        terms = self.terms(line, fen) | {"project": project}
        self.attempt(legs, lambda: actions.restore(**terms))
