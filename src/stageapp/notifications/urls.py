"""Addresses of the news of a person."""

from django.urls import path

from stageapp.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.news, name="list"),
    path("seen/", views.seen, name="seen"),
    path("<uuid:pk>/", views.open_news, name="open"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
