from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "bangfu.books.intake"
