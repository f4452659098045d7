"""Addresses of what may be spent, below /credits/."""

from django.urls import path

from equipage.funding import views

app_name = "funding"
urlpatterns = [path("<int:year>/budget/", views.budget, name="budget")]
