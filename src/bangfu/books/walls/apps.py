from django.apps import AppConfig
from django.db.models.signals import post_migrate

from bangfu.books.walls import grants, indexes


class WallsConfig(AppConfig):
    """Sees to rights, walls and indexes when every other app has migrated: it is the last of
    INSTALLED_APPS."""

    name = "bangfu.books.walls"

    def ready(self) -> None:
        post_migrate.connect(grants.apply, sender=self)
        post_migrate.connect(indexes.drop_needless, sender=self)
