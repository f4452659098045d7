"""Addresses of controls, below /controles/."""

from django.urls import path

from equipage.controls.views import controls, plans

app_name = "controls"
urlpatterns = [
    path("", controls.mine, name="mine"),
    path("methode/", plans.method, name="method"),
    path("suivi/", controls.control_list, name="list"),
    path("tirer/", plans.draw_month, name="draw_month"),
    path("tirages/<int:draw_id>/", plans.replay, name="replay"),
    path("plans/", plans.plan_list, name="plans"),
    path("plans/nouveau/", plans.new_plan, name="new_plan"),
    path("plans/<int:plan_id>/", plans.plan, name="plan"),
    path("plans/<int:plan_id>/modifier/", plans.edit_plan, name="edit_plan"),
    path("plans/<int:plan_id>/<slug:move>/", plans.plan_move, name="plan_move"),
    path("pieces/<int:attachment_id>/", controls.evidence, name="evidence"),
    path("<int:control_id>/", controls.control, name="control"),
    path("<int:control_id>/<slug:move>/", controls.move, name="move"),
]
