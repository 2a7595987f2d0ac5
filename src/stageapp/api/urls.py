"""Addresses of the API."""

from django.urls import include, path

from stageapp.api.v1 import views
from stageapp.api.v1.api import addresses

urlpatterns = [
    path("docs", views.docs, name="api_docs"),
    path("v1/openapi.json", views.openapi, name="api_openapi"),
    path("v1/", include((addresses(), "api_v1"))),
]
