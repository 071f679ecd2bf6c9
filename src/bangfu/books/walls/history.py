"""History: every insert, update and delete of a recorded model, by trigger, a statement at a time.

A history row is the row as it became (or, deleted, as it was), with the actor, the reason and the
request of the transaction. A write without an actor is refused. History rows are append-only, are
written by the owner's trigger function alone, and lie behind the same walls as their table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pghistory
import pghistory.models
from django.db import models
from django.db.models.functions import Coalesce, NullIf


def transaction_setting(name: str) -> NullIf:
    """The expression of a setting of this transaction, null when unset."""
    value = models.Func(
        models.Value(f"app.{name}"),
        models.Value(True),
        function="current_setting",
        output_field=models.TextField(),
    )
    return NullIf(value, models.Value("", output_field=models.TextField()))


class History(pghistory.models.Event):
    """Base of every history table."""

    web_rights = ("select",)

    pgh_id = models.BigAutoField(primary_key=True)
    actor = models.TextField(db_default=transaction_setting("actor"))
    reason = models.TextField(
        db_default=Coalesce(
            transaction_setting("reason"), models.Value("", output_field=models.TextField())
        )
    )
    request = models.TextField(db_default=transaction_setting("request"))

    class Meta:
        abstract = True


def recorded(*, exclude: Sequence[str] = ()) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: keep the history of this model in `<Model>History`, but for `exclude`."""

    def track(model: type[models.Model]) -> type[models.Model]:
        key = model._meta.pk.name
        names = [field.name for field in model._meta.local_fields]
        columns = ["place_code", key] if "place_code" in names and key != "place_code" else [key]
        tracked: type[models.Model] = pghistory.track(
            pghistory.InsertEvent(level=pghistory.Statement),
            pghistory.UpdateEvent(level=pghistory.Statement),
            pghistory.DeleteEvent(level=pghistory.Statement),
            base_model=History,
            model_name=f"{model.__name__}History",
            obj_field=None,
            context_field=None,  # type: ignore[arg-type]  # documented, not in its signature
            append_only=True,
            exclude=list(exclude),
            meta={
                "indexes": [models.Index(fields=columns, name=f"{model._meta.db_table}_past"[:30])]
            },
        )(model)
        return tracked

    return track
