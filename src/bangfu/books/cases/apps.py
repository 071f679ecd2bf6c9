from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "bangfu.books.cases"
    label = "cases"
