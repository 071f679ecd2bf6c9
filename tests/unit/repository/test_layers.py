"""The dependency rule of docs/explanation/architecture.md: arrows between layers never turn."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3] / "src" / "bangfu"

# Each app may import only those before it. A new app fails here until someone places it.
APPS = (
    "walls",
    "journal",
    "places",
    "accounts",
    "attachments",
    "jobs",
    "households",
    "crossing",
    "screening",
    "notices",
    "assistance",
    "cases",
    "projects",
    "assets",
    "funds",
    "payments",
    "tracing",
    "indicators",
    "red_flags",
    "supervision",
    "grievances",
    "publishing",
    "intake",
    "desk",
    "social_registry",
)

# Within an app: what each kind of file may import of apps (its own earlier kinds included).
KINDS = {
    "models": 0,
    "actions": 1,
    "queries": 1,
    "importers": 2,
    "exporters": 2,
    "forms": 2,
    "tasks": 3,
    "views": 4,
    "api": 4,
    "urls": 5,
}

OUTER = {
    "cli": 6,
    "site": 5,
    "books": 4,
    "web": 3,
    "printing": 2,
    "engines": 1,
    "files": 1,
    "core": 0,
}


def _modules():
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        yield path, path.relative_to(ROOT).with_suffix("").parts


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _ours(path):
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "bangfu" and len(parts) > 1:
            yield parts[1:]


def test_outer_layers_point_inwards():
    for path, parts in _modules():
        if len(parts) < 2:
            continue
        for target in _ours(path):
            if target[0] != parts[0]:
                assert OUTER[target[0]] < OUTER[parts[0]], (
                    f"{path} imports bangfu.{'.'.join(target)}"
                )


def test_core_is_pure():
    forbidden = {
        "django",
        "psycopg",
        "duckdb",
        "requests",
        "socket",
        "random",
        "time",
        "pathlib",
        "os",
        "openpyxl",
    }
    for path, parts in _modules():
        if parts[0] == "core":
            found = {name.split(".")[0] for name in _imports(path)} & forbidden
            assert not found, f"{path} imports {found}"


def test_every_app_is_placed():
    found = {p.name for p in (ROOT / "books").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert found == set(APPS)


def test_apps_import_only_earlier_apps():
    for path, parts in _modules():
        if parts[0] != "books" or len(parts) < 3:
            continue
        for target in _ours(path):
            if target[0] == "books" and len(target) > 1 and target[1] != parts[1]:
                assert APPS.index(target[1]) < APPS.index(parts[1]), f"{path} imports {target}"


def test_kinds_of_files_within_an_app():
    for path, parts in _modules():
        if parts[0] != "books" or len(parts) < 3 or parts[2] not in KINDS:
            continue
        for target in _ours(path):
            if (
                target[0] == "books"
                and len(target) > 2
                and target[2] in KINDS
                and target[1] == parts[1]
            ):
                assert KINDS[target[2]] <= KINDS[parts[2]], f"{path} imports {target}"


def test_no_import_hides_in_a_function():
    for path, _ in _modules():
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        names = ast.unparse(node)
                        assert (
                            "bangfu.books" in names
                            or "django" in names
                            or path.parts[-2] in {"cli", "site"}
                        ), f"{path}: {names} inside {function.name}"
