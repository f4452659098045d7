"""Addresses of the conventions, under `conventions/`."""

from django.urls import path

from equipage.agreements import views

app_name = "agreements"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("toutes/", views.convention_list, name="list"),
    path("a-contresigner/", views.to_countersign, name="to_countersign"),
    path("a-contresigner/signer/", views.countersign, name="countersign"),
    path("equipe/<int:team_id>/rappeler/", views.nudge, name="nudge"),
    path("<int:convention_id>/", views.convention, name="convention"),
    path("<int:convention_id>/pdf/", views.pdf, name="pdf"),
    path("<int:convention_id>/preuve/", views.proof_file, name="proof"),
    path("<int:convention_id>/verifier/", views.verify, name="verify"),
    path("<int:convention_id>/code/", views.send_code, name="send_code"),
    path("<int:convention_id>/signer/", views.sign, name="sign"),
    path("<int:convention_id>/etablir-a-nouveau/", views.draw_again, name="draw_again"),
    path("<int:convention_id>/<slug:move>/", views.move, name="move"),
]
