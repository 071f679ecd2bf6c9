from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "bangfu.books.screening"
    label = "screening"
