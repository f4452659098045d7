"""Addresses of the meetings, under `reunions/`."""

from django.urls import path

from equipage.meetings.views import answering, calendars, closing, planning, room, tasks

app_name = "meetings"

urlpatterns = [
    path("", planning.mine, name="mine"),
    path("passees/", planning.past, name="past"),
    path("equipe/<int:team_id>/", planning.of_team, name="of_team"),
    path("proposer/", planning.propose, name="propose"),
    path("proposer/<int:team_id>/", planning.propose_for, name="propose_for"),
    path("proposer/<int:team_id>/date/", planning.plan_for, name="plan_for"),
    path("proposer/<int:team_id>/regulieres/", planning.series_for, name="series_for"),
    path("series/<int:series_id>/arreter/", planning.stop_series, name="stop_series"),
    path("agenda/", calendars.calendar, name="calendar"),
    path("agenda/<str:token>.ics", calendars.feed, name="feed"),
    path("<int:meeting_id>/", answering.meeting, name="meeting"),
    path("<int:meeting_id>/reunion.ics", calendars.ics, name="ics"),
    path("<int:meeting_id>/repondre/", answering.answer_poll, name="answer_poll"),
    path("<int:meeting_id>/venir/", answering.answer, name="answer"),
    path("<int:meeting_id>/relancer/<int:participant_id>/", answering.nudge, name="nudge"),
    path("<int:meeting_id>/modifier/", planning.change, name="change"),
    path("maintenant/", room.now, name="now"),
    path("maintenant/<int:team_id>/", room.now_for, name="now_for"),
    path("points/<int:item_id>/", room.boxes, name="boxes"),
    path("points/<int:item_id>/monter/", room.item_up, name="item_up"),
    path("points/<int:item_id>/descendre/", room.item_down, name="item_down"),
    path("points/<int:item_id>/retirer/", room.item_remove, name="item_remove"),
    path("points/<int:item_id>/corriger/", closing.correct_item, name="correct_item"),
    path("comptes-rendus/<int:minutes_version_id>/pdf/", closing.version_pdf, name="minutes_pdf"),
    path("emargement/<int:action_id>/", closing.sheet, name="sheet"),
    path("taches/", tasks.mine, name="tasks"),
    path("taches/equipe/<int:team_id>/", tasks.of_team, name="tasks_of_team"),
    path("taches/equipe/<int:team_id>/nouvelle/", tasks.new, name="new_task"),
    path("taches/<int:task_id>/", tasks.task, name="task"),
    path("taches/<int:task_id>/etapes/<slug:move>/", tasks.move, name="task_move"),
    path("<int:meeting_id>/ordre-du-jour/", room.agenda, name="agenda"),
    path("<int:meeting_id>/ordre-du-jour/reprendre/", room.carry_over, name="carry_over"),
    path("<int:meeting_id>/salle/", room.room, name="room"),
    path("<int:meeting_id>/terminer/", closing.close, name="close"),
    path("<int:meeting_id>/compte-rendu/", closing.minutes, name="minutes"),
    path("<int:meeting_id>/compte-rendu/corriger/", closing.correct_minutes, name="correct_minutes"),
    path("<int:meeting_id>/compte-rendu/relier/", closing.link, name="link"),
    # Last: whatever else is posted under a meeting is a move of its workflow.
    path("<int:meeting_id>/<slug:move>/", planning.move, name="move"),
]
