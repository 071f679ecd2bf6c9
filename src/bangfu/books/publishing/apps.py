from importlib import import_module

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "bangfu.books.publishing"
    label = "publishing"

    def ready(self) -> None:
        import_module(
            "bangfu.books.publishing.listening"
        )  # seals and draws are shown once it is read
