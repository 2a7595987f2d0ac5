"""Addresses of the calendar."""

from django.urls import path

from stageapp.planning import views

app_name = "planning"
urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("talks/", views.talks, name="talks"),
    path("deadlines/new/", views.deadline_new, name="deadline_new"),
    path("deadlines/<int:pk>/", views.deadline, name="deadline"),
    path("deadlines/<int:pk>/done/", views.deadline_done, name="deadline_done"),
    path("deadlines/<int:pk>/delete/", views.deadline_delete, name="deadline_delete"),
    path("appointments/new/", views.appointment_new, name="appointment_new"),
    path("appointments/<int:pk>/", views.appointment, name="appointment"),
    path("appointments/<int:pk>/delete/", views.appointment_delete, name="appointment_delete"),
    path("feed/", views.feed_settings, name="feed_settings"),
    path("feed/<str:token>.ics", views.feed, name="feed"),
]
