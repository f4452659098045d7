from django.urls import path

from equipage.messaging import views

app_name = "messaging"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("tout-lu/", views.all_read, name="all_read"),
    path("<int:notice_id>/ouvrir/", views.open_notice, name="open_notice"),
    path("boite-de-demonstration/", views.mailbox, name="mailbox"),
    path("boite-de-demonstration/<int:message_id>/", views.mailbox_message, name="mailbox_message"),
]
