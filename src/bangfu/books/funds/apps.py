from importlib import import_module

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "bangfu.books.funds"
    label = "funds"

    def ready(self) -> None:
        import_module("bangfu.books.funds.held")  # projects know their money once it is read
