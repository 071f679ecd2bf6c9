"""The pages of a county of 50,000 households / 150,000 people, with and without row security.

run.py [PEOPLE]: one JSON line. The ground is made by ground.py; the site is `bangfu serve` with two
workers. wrk (Debian's) asks for pages that differ from one another, eight at once (searches one by one),
over loopback and beside the site on the same cores. "unwalled" is the same site whose pages connect as PostgreSQL's
superuser, whom no policy holds; the actors' places hold the same rows either way. Then 5,000 cases are
checked by the township and decided by the county, each in one act.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "sample" / "county"
PORT, WORKERS, AT_ONCE, SECONDS, WARMING = 8791, 2, 8, 10, 4
# As docs/how-to/run-on-a-server.md advises behind a proxy.
THREADS = 1
CASES = 5_000
COUNTY, TOWNSHIP = "bench-county", "bench-township"
UNWALLED = "unwalled"


# In a process of its own ---------------------------------------------------------------------------


def fill(people: int) -> dict[str, Any]:
    """Make the ground; gives what the load needs to know of it."""
    from bangfu.site.start import setup_web

    setup_web()
    import ground
    from PIL import Image

    from bangfu.books.households.models import Household, NameIndex, Person
    from bangfu.books.walls.guarded import opened
    from bangfu.files.uploads import Sort, take
    from bangfu.site import clock

    added = ground.bring_in(SAMPLE, people)
    written = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(written, "JPEG")
    ground.open_cases(
        CASES, clock.today(), clock.now(), take("会议.jpg", written.getvalue(), {Sort.PHOTO})
    )
    cookies = ground.log_in(clock.today())
    draw = Random(7)
    with ground.inside("bench"):
        numbers = list(Household.objects.order_by("pk").values_list("pk", flat=True))
        names = sorted(set(NameIndex.objects.values_list("name", flat=True)[:20_000]))
        sealed = list(Person.objects.exclude(certificate=None).values_list("certificate")[:400])
        ids = [opened(row[0], "certificate") for row in sealed]
    return {
        "added": added,
        "cookies": cookies,
        "households": draw.sample(numbers, 2_000),
        "fragments": sorted({name[-2:] for name in draw.sample(names, 200)}),
        "numbers": [number for number in ids if len(number) == 18],
    }


def decide() -> dict[str, float]:
    """5,000 cases checked, then, their county notice over, decided; seconds of each act."""
    from bangfu.site.start import setup_web

    setup_web()
    from datetime import timedelta

    import ground

    from bangfu.books.cases import actions
    from bangfu.books.cases.models import Case
    from bangfu.books.walls.scope import DataClass
    from bangfu.files.policy_folder import policy_in_force
    from bangfu.site import clock

    policy, found = policy_in_force(), {}
    for name, actor, later in (
        ("check_s", ground.CHECKS, timedelta()),
        ("decide_s", ground.DECIDES, timedelta(days=12)),
    ):
        with ground.inside(actor.username, DataClass.PERSONS):
            chosen = dict(Case.objects.filter(state="open").values_list("pk", "version")[:CASES])
        started = time.perf_counter()
        with ground.inside(actor.username, DataClass.PERSONS):
            count = actions.decide_in_bulk(
                by=actor,
                chosen=chosen,
                passes=True,
                reason="",
                policy=policy,
                today=clock.today() + later,
                now=clock.now() + later,
            )
        found[name] = round(time.perf_counter() - started, 2)
        if count != CASES:
            raise SystemExit(f"{count} cases, not {CASES}")
    return found


def hide() -> dict[str, float]:
    """Whether time tells "not yours" from "not found" (hidden.py)."""
    from bangfu.site.start import setup_web

    setup_web()
    import hidden

    return hidden.hidden()


# Load ----------------------------------------------------------------------------------------------


def addresses(known: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """By page, who asks and what for."""
    lists = [
        f"/households/?place=420527{township:03d}000&{rest}&page={page}"
        for township in range(101, 113)
        for rest in (
            "class=any&state=open",
            "class=any&risk=因病",
            "class=none",
            "help=none&sort=-no",
        )
        for page in (1, 2)
    ]
    return {
        "household": (COUNTY, [f"/households/{number}/" for number in known["households"]]),
        "list": (COUNTY, [urllib.request.quote(one, safe="/?&=") for one in lists]),
        "tasks": (
            TOWNSHIP,
            ["/tasks/", "/tasks/?sort=village", "/tasks/?sort=-due", "/tasks/?page=2"],
        ),
        "search": (
            COUNTY,
            [f"/households/?q={urllib.request.quote(one)}" for one in known["fragments"]],
        ),
    }


SCRIPT = """
local paths = {{ {paths} }}
local at = 0
wrk.headers["Cookie"] = "sessionid={cookie}"
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95),
    e.status + e.connect + e.read + e.write + e.timeout))
end
"""


def load(cookie: str, paths: list[str], seconds: int, at_once: int) -> dict[str, float]:
    """Ask for the pages for some seconds; requests a second and milliseconds. Raises on any error."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        quoted = ", ".join(json.dumps(path) for path in paths)
        script.write(SCRIPT.format(paths=quoted, cookie=cookie))
        script.flush()
        done = subprocess.run(
            ["wrk", "-t1", f"-c{at_once}", f"-d{seconds}s", "--timeout", "20s", "-s", script.name]
            + [f"http://127.0.0.1:{PORT}"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    match = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if match is None or match[5] != "0":
        raise SystemExit(f"the load had errors: {done.stdout}")
    requests, took, middle, p95 = (int(match[n]) for n in range(1, 5))
    return {
        "requests": requests,
        "requests_s": round(requests / took * 1e6, 1),
        "p50_ms": round(middle / 1000, 1),
        "p95_ms": round(p95 / 1000, 1),
    }


def processor_seconds(root: int) -> float:
    """Processor time of a process and all that it started, those that have ended included (Linux)."""
    ticks, known = 0, {root}
    for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        number, parent = int(stat.parent.name), int(fields[1])
        if number in known or parent in known:
            known.add(number)
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """What a search leads to is not opened: only the search is measured."""


def by_number(cookie: str, numbers: list[str]) -> dict[str, float]:
    """Searches by ID number, one after the other, in the form's body as a browser sends it."""
    address = f"http://127.0.0.1:{PORT}/households/"
    browser = urllib.request.build_opener(_Stay)
    asked = urllib.request.Request(address, headers={"Cookie": f"sessionid={cookie}"})
    with browser.open(asked) as answer:
        page = answer.read().decode()
        csrf = answer.headers["Set-Cookie"].split(";")[0]
    [form] = re.findall(r'action="([^"]*number[^"]*)"', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    took = []
    for number in numbers:
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "number": number}).encode()
        sent = urllib.request.Request(
            f"http://127.0.0.1:{PORT}{form}",
            body,
            {"Cookie": f"sessionid={cookie}; {csrf}"},
        )
        started = time.perf_counter()
        try:
            browser.open(sent).close()
        except urllib.error.HTTPError as led:
            if led.code != 302:
                raise
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    return {
        "p50_ms": round(took[len(took) // 2], 1),
        "p95_ms": round(took[len(took) * 95 // 100], 1),
    }


@contextmanager
def site(environ: dict[str, str]) -> Iterator[int]:
    """The site with its two workers, without background workers, until the block ends; its process."""
    command = [sys.executable, "-W", "ignore", "-m", "bangfu.cli.__main__", "serve"]
    command += ["--port", str(PORT), "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--jobs", "0", "--no-sample"]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/log-in/").close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        yield server.pid
    finally:
        server.terminate()
        server.wait(30)


def measured(known: dict[str, Any], environ: dict[str, str], seconds: int) -> dict[str, Any]:
    """Every page under load, after a little of it unmeasured.

    Processor time a request, of the site and of the database, stands beside the rate, which the load
    itself and whatever else runs on the machine press down.
    """
    found: dict[str, Any] = {}
    with site(environ) as server:
        # The site starts its database, and stops it when it ends.
        database = int(Path(environ["BANGFU_DATA"], "postmaster.pid").read_text().split()[0])
        for name, (who, paths) in addresses(known).items():
            # A search is waited for; nobody sends them by the hundred.
            at_once = 1 if name == "search" else AT_ONCE
            load(known["cookies"][who], paths, WARMING, at_once)
            before = [processor_seconds(each) for each in (server, database)]
            reached = load(known["cookies"][who], paths, seconds, at_once)
            after = [processor_seconds(each) for each in (server, database)]
            requests = reached.pop("requests")
            used = [
                round((late - early) * 1000 / requests, 2)
                for early, late in zip(before, after, strict=True)
            ]
            found[name] = reached | {"site_cpu_ms": used[0], "database_cpu_ms": used[1]}
        found["search_by_id"] = by_number(known["cookies"][COUNTY], known["numbers"])
    return found


# All of it -----------------------------------------------------------------------------------------


def part(environ: dict[str, str], *arguments: str) -> Any:
    """One part, in a process of its own."""
    command = [sys.executable, "-W", "ignore", __file__, *arguments]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def environment(folder: str) -> dict[str, str]:
    """Where the bench's own database, key and files lie."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "bangfu.site.settings",
        "BANGFU_DATA": f"{folder}/postgres",
        "BANGFU_UPLOADS": f"{folder}/uploads",
        "XDG_CONFIG_HOME": f"{folder}/config",
        "PYTHONPATH": str(HERE),
    }


def main(people: int) -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed; Debian has it (apt-get install wrk)")
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
        Path(folder).chmod(0o755)
        environ = environment(folder)
        unwalled = environ | {"DJANGO_SETTINGS_MODULE": UNWALLED}
        try:
            known = part(environ, "fill", str(people))
            load_before = os.getloadavg()[0]
            pages = measured(known, environ, SECONDS)
            without = measured(known, unwalled, SECONDS)
            kept = part(environ, "hide")
            acts = part(environ, "decide")
        finally:
            part(environ, "stop")
    report = {
        "added": known["added"],
        "cases": CASES,
        "load_before": round(load_before, 1),
        "pages": pages,
        "without_row_security": without,
        "ratio": {
            name: round(without[name]["requests_s"] / pages[name]["requests_s"], 2)
            for name in ("household", "list", "tasks", "search")
        },
        "hidden": kept,
        **acts,
    }
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")


def stop() -> dict[str, bool]:
    """Stop the bench's own database."""
    import django

    django.setup()
    from bangfu.site.start import stop_database

    stop_database()
    return {"stopped": True}


if __name__ == "__main__":
    which = sys.argv[1] if len(sys.argv) > 1 else "150000"
    if which.isdigit():
        main(int(which))
    else:
        result = {
            "fill": lambda: fill(int(sys.argv[2])),
            "decide": decide,
            "hide": hide,
            "stop": stop,
        }[which]()
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
