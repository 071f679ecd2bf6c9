from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "bangfu.books.jobs"
    label = "jobs"
