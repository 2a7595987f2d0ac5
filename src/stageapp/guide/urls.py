"""Addresses of the guide."""

from django.urls import path

from stageapp.guide import views

app_name = "guide"
urlpatterns = [
    path("", views.contents, name="list"),
    path("<slug:slug>/", views.article, name="article"),
]
