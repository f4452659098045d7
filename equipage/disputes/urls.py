"""Addresses of disputes, below /doutes/."""

from django.urls import path

from equipage.disputes.views import disputes

app_name = "disputes"
urlpatterns = [
    path("", disputes.mine, name="mine"),
    path("a-repondre/", disputes.dispute_list, name="list"),
    path("ligne/<int:line_id>/", disputes.open_dispute, name="open"),
    path("<int:dispute_id>/", disputes.dispute, name="dispute"),
    path("<int:dispute_id>/<slug:move>/", disputes.move, name="move"),
]
