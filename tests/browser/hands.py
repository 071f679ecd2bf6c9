"""What a person's hands do on a page: fill a form in, and send it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect


def fill(page: Page, values: dict[str, Any]) -> None:
    """Type into fields by name; a choice is picked by its value."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]")
        if field.first.get_attribute("type") in ("radio", "checkbox"):
            page.check(f"[name={name}][value='{value}']")
        elif field.first.evaluate("at => at.tagName") == "SELECT":
            field.select_option(value)
        elif isinstance(value, Path):
            field.set_input_files(value)
        else:
            field.fill(value)


def send(page: Page, button: str = "main form button.btn-primary") -> None:
    """Press the filled button of the form, which leads to a page without errors."""
    page.locator(button).click()
    page.wait_for_load_state()
    expect(page.locator("#errors")).to_have_count(0)
