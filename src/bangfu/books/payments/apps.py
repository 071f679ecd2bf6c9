from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "bangfu.books.payments"
    label = "payments"
