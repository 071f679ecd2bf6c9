"""Every command of docs/how-to/use-the-api.md does what the page says, in the order shown."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.unit.cli.running import bangfu, passed
from tests.unit.cli.workbooks import COUNTY, people, write_xlsx

from bangfu.site import clock

PAGE = Path(__file__).resolve().parents[3] / "docs/how-to/use-the-api.md"
SITE = "http://127.0.0.1:8000"


def blocks(language: str) -> list[str]:
    """The page's blocks of code in a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


class Shell:
    """A shell that knows what the page uses: variables, bangfu, curl, openssl, python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, str] = {}
        self.answers: list[HttpResponse] = []
        self.ran: list[str] = []

    def run(self, line: str) -> None:
        line = re.sub(r"\$([A-Z]+)", lambda found: self.known[found[1]], line)
        assigned = re.fullmatch(r"([A-Z]+)=\$\((.*)\)", line)
        words = shlex.split(assigned[2] if assigned else line)
        self.ran.append(words[0])
        if words[0] == "bangfu":
            said = bangfu(*words[1:])
            passed(said)
            if assigned:
                self.known[assigned[1]] = said.out.splitlines()[-1]
        elif words[0] == "curl":
            self.answers.append(self._curl(words[1:]))
        else:
            command, _, to = line.partition(" > ")
            program = [sys.executable if words[0] == "python" else words[0]]
            done = subprocess.run(
                program + shlex.split(command)[1:], cwd=self.folder, check=True, capture_output=True
            )
            if to:
                (self.folder / to).write_bytes(done.stdout)

    def _curl(self, words: list[str]) -> HttpResponse:
        headers = dict(word.split(": ", 1) for word in words if ": " in word)
        [address] = [word for word in words if word.startswith(SITE)]
        sent = [word[1:] for word in words if word.startswith("@")]
        kind = headers.pop("Content-Type", "")
        client = Client(headers=headers)
        where = address.removeprefix(SITE)
        if not sent:
            return client.get(where)
        body = (self.folder / sent[0]).read_bytes()
        return client.post(where, body, content_type=kind)


@pytest.fixture
def shell(books, tmp_path, monkeypatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bangfu.cli.registering.setup_django", lambda: None)
    write_xlsx(tmp_path / "a.xlsx", national=people())
    year = str(clock.today().year)
    passed(bangfu("import", tmp_path / "a.xlsx", "--place", COUNTY, "--year", year))
    return Shell(tmp_path)


def test_the_commands_of_the_page(shell: Shell) -> None:
    [message], [program] = blocks("json"), blocks("python")
    (shell.folder / "search.json").write_text(message, "utf-8")
    (shell.folder / "sign.py").write_text(program, "utf-8")
    for block in blocks("sh"):
        for line in block.splitlines():
            shell.run(line)
            if "households?place" in line:
                first = shell.answers[-1].json()
                shell.known["NEXT"] = str(first["items"][-1]["household_no"])
    assert [answer.status_code for answer in shell.answers] == [200] * 5
    households, findings, more, found, taken = (answer.json() for answer in shell.answers)
    assert 0 < len(households["items"]) <= 2
    assert findings == {"items": [], "next": None}
    numbers = {one["household_no"] for one in households["items"]}
    assert not numbers & {one["household_no"] for one in more["items"]}
    [item] = found["message"]["search_response"]
    assert item["status"] == "succ"
    assert item["data"]["reg_records"]
    assert 'identifier_type": "UIN' not in json.dumps(found)
    assert taken["message"]["ack_status"] == "ACK"
    assert {"bangfu", "curl", "openssl", "python"} == set(shell.ran)
