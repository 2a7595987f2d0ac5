"""Addresses of somebody's webhooks."""

from django.urls import path

from stageapp.api import views_webhooks as views

app_name = "webhooks"
urlpatterns = [
    path("", views.webhooks, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/secret/", views.renew, name="renew"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("<int:pk>/test/", views.test, name="test"),
    path("events/<uuid:pk>/again/", views.again, name="again"),
]
