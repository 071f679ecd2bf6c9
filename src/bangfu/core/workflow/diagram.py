"""A procedure as a state diagram, in Mermaid's text, and the page of them all."""

from __future__ import annotations

from collections.abc import Sequence

from bangfu.core.workflow.catalogue import Procedures
from bangfu.core.workflow.model import DONE, REJECTED, Decides, Procedure, Step


def mermaid(procedure: Procedure) -> str:
    """The state diagram: every way a case can go."""
    lines = ["stateDiagram-v2"]
    first = procedure.steps[0].id
    if procedure.given:
        lines += [f"    [*] --> {procedure.given}", f"    {procedure.given} --> {first}"]
    else:
        lines.append(f"    [*] --> {first}")
    lines += [f"    {step.id}: {step.text.zh} / {step.text.en}" for step in procedure.steps]
    for step in procedure.steps:
        lines.append(f"    {step.id} --> {_end(step.next)}: {_passing(step)}")
        if step.decides is not Decides.RECORD:
            lines.append(f"    {step.id} --> {REJECTED}: not passed")
        lines += [f"    {step.id} --> {back}: returned, new round" for back in step.returns_to]
    if any(step.decides is not Decides.RECORD for step in procedure.steps):
        lines.append(f"    {REJECTED} --> [*]")
    return "\n".join(lines)


def page(procedures: Procedures) -> str:
    """The reference page of every procedure and every list of conditions."""
    lines = [
        "# Procedures",
        "",
        "The procedures stand in `policy/procedures/`. From any open step a case may also be withdrawn,",
        "or merged into the case it repeats; both end it.",
        "",
    ]
    for procedure in procedures.all:
        lines += _procedure(procedure)
    lines += ["## Lists of conditions", ""]
    for criteria in procedures.criteria:
        lines += [
            f"### {criteria.text.zh} / {criteria.text.en}",
            "",
            f"`{criteria.purpose}` in {criteria.place}, from {criteria.period.start}; {criteria.status}, {criteria.source}.",
            "",
            "| condition | evidence | held against |",
            "|---|---|---|",
            *(
                f"| {item.text.zh}<br>{item.text.en} | {item.evidence or 'answered by people'}{' (warns)' if item.warns else ''} | {item.limit} |"
                for item in criteria.items
            ),
            "",
        ]
    return "\n".join(lines)


def _procedure(procedure: Procedure) -> Sequence[str]:
    return [
        f"## {procedure.text.zh} / {procedure.text.en}",
        "",
        f"`{procedure.id}` in {procedure.place}, from {procedure.period.start}; {procedure.status}, {procedure.source}.",
        "",
        "```mermaid",
        mermaid(procedure),
        "```",
        "",
        "| step | who | duty | decided by | due | notice | records |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {step.text.zh}<br>{step.text.en} | {', '.join(step.roles)} | {step.duty} | {step.decides} | {_due(step)} | {step.notice} | {', '.join(_asked(step))} |"
            for step in procedure.steps
        ),
        "",
    ]


def _asked(step: Step) -> list[str]:
    return [f"{field.id}{'' if field.required else ' (optional)'}" for field in step.fields]


def _due(step: Step) -> str:
    return f"{step.due} from {step.due_from}" if step.due else ""


def _passing(step: Step) -> str:
    said = {
        Decides.RECORD: "recorded",
        Decides.VOTES: "majority for",
        Decides.PERSON: "passed",
    }[step.decides]
    conditions = ", all conditions hold" if step.criteria else ""
    notice = f", then notice of {step.notice}" if step.notice else ""
    return f"{said}{conditions}{notice}".replace(":", " ")


def _end(target: str) -> str:
    return "[*]" if target == DONE else target
