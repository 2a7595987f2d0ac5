"""Lists of people from elsewhere: for functional administrators."""

from django.urls import path

from stageapp.integrations.roster import views

app_name = "manage_roster"
urlpatterns = [
    path("", views.overview, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.source, name="source"),
    path("<int:pk>/look/", views.look, name="look"),
    path("<int:pk>/cohorts/", views.lines, name="lines"),
    path("<int:pk>/settings/", views.settings, name="settings"),
    path("<int:pk>/test/", views.test, name="test"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("looks/<int:pk>/", views.run, name="run"),
    path("looks/<int:pk>/apply/", views.apply, name="apply"),
    path("looks/<int:pk>/undo/", views.undo, name="undo"),
]
