"""Addresses of the books, below /livre/."""

from django.urls import path

from equipage.books import views

app_name = "books"
urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("balance/", views.balance, name="balance"),
    path("<int:year>/fec.txt", views.fec_file, name="fec"),
]
