from django.apps import AppConfig


class GrievancesConfig(AppConfig):
    name = "bangfu.books.grievances"
    label = "grievances"
