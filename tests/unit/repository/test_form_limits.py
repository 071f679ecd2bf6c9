"""What is typed into a form has a limit, so that a name is not a page long."""

import ast
from pathlib import Path

BOOKS = Path(__file__).parents[3] / "src" / "bangfu" / "books"
# Nothing of these is kept: what filters a list, what stays hidden, what is compared and forgotten.
UNKEPT = ("Filter", "FilterForm", "LoginForm", "PasswordForm")
UNTYPED = ("HiddenInput", "PasswordInput")


def _unlimited(path):
    for form in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(form, ast.ClassDef) or form.name.endswith(UNKEPT):
            continue
        for call in ast.walk(form):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "forms.CharField":
                written = ast.unparse(call)
                if "max_length" not in written and not any(one in written for one in UNTYPED):
                    yield f"{path.relative_to(BOOKS)}: {form.name}: {written[:80]}"


def test_every_text_typed_into_a_form_has_a_limit():
    assert [one for path in sorted(BOOKS.rglob("*.py")) for one in _unlimited(path)] == []
