"""Addresses of what each role sees, for administrators."""

from django.urls import path

from stageapp.home import views_preview

app_name = "manage_preview"
urlpatterns = [path("<slug:role>/", views_preview.role_preview, name="role")]
