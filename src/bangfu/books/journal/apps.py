from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "bangfu.books.journal"
    label = "journal"
