"""Addresses of the student's placements."""

from django.urls import path

from stageapp.placements import views, views_absences, views_agreements

app_name = "placements"
urlpatterns = [
    path("", views.show, name="show"),
    path("new/", views.new, name="new"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/current/", views.make_current, name="make_current"),
    path("terms/", views_agreements.terms, name="terms"),
    path("terms/leave/", views_agreements.leave_add, name="leave_add"),
    path("terms/leave/<int:pk>/delete/", views_agreements.leave_delete, name="leave_delete"),
    path("terms/propose/", views_agreements.propose_to_all, name="propose_to_all"),
    path("agreements/<int:pk>/", views_agreements.agreement, name="agreement"),
    path(
        "agreements/<int:pk>/confirm/<int:proposal>/",
        views_agreements.confirm,
        name="agreement_confirm",
    ),
    path("agreements/<int:pk>/take-back/", views_agreements.take_back, name="agreement_take_back"),
    path("absences/", views_absences.overview, name="absences"),
    path("absences/<int:pk>/", views_absences.change, name="absence"),
    path("absences/<int:pk>/delete/", views_absences.delete, name="absence_delete"),
]
