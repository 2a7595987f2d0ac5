"""Addresses of the programme editor, for administrators."""

from django.urls import path

from stageapp.programmes import (
    views_framework,
    views_lists,
    views_manage,
    views_reflections,
    views_start,
)

app_name = "manage_programmes"
urlpatterns = [
    path("", views_manage.programmes, name="list"),
    path("new/<int:institution>/", views_manage.programme_new, name="programme_new"),
    path("<int:pk>/", views_manage.programme, name="programme"),
    path("<int:pk>/delete/", views_manage.programme_delete, name="programme_delete"),
    path("<int:programme>/cohort/", views_manage.cohort_new, name="cohort_new"),
    path("<int:programme>/reflection/", views_reflections.overview, name="models"),
    path("<int:programme>/reflection/new/", views_reflections.new, name="model_new"),
    path("<int:programme>/reflection/<int:pk>/copy/", views_reflections.copy, name="model_copy"),
    path("reflection/<int:pk>/", views_reflections.model, name="model"),
    path("reflection/<int:pk>/<slug:verb>/", views_reflections.model_change, name="model_change"),
    path("reflection/fields/<int:pk>/", views_reflections.field, name="field"),
    path(
        "reflection/fields/<int:pk>/<slug:verb>/",
        views_reflections.field_change,
        name="field_change",
    ),
    path("cohorts/<int:pk>/", views_manage.cohort, name="cohort"),
    path("cohorts/<int:pk>/start/<slug:kind>/", views_start.overview, name="start"),
    path("start/<slug:kind>/<int:pk>/", views_start.row, name="start_row"),
    path("start/<slug:kind>/<int:pk>/remove/", views_start.remove, name="start_remove"),
    path("cohorts/<int:pk>/clone/", views_manage.clone, name="clone"),
    path("cohorts/<int:pk>/delete/", views_manage.delete, name="delete"),
    path("cohorts/<int:pk>/form/", views_manage.form, name="form"),
    path("cohorts/<int:pk>/form/<slug:part>/", views_manage.part, name="part"),
    path("cohorts/<int:pk>/form/<slug:part>/move/", views_manage.part_move, name="part_move"),
    path("cohorts/<int:pk>/lists/<slug:kind>/", views_lists.vocabulary, name="vocabulary"),
    path("cohorts/<int:pk>/competences/", views_lists.competences, name="competences"),
    path(
        "cohorts/<int:pk>/competences/import/",
        views_framework.bring_in,
        name="competences_import",
    ),
    path("entries/<int:pk>/", views_lists.entry, name="entry"),
    path("entries/<int:pk>/merge/", views_lists.entry_merge, name="entry_merge"),
    path("entries/<int:pk>/<slug:verb>/", views_lists.entry_change, name="entry_change"),
    path("competences/<int:pk>/", views_lists.competence, name="competence"),
    path("competences/<int:pk>/merge/", views_lists.competence_merge, name="competence_merge"),
    path(
        "competences/<int:pk>/<slug:verb>/",
        views_lists.competence_change,
        name="competence_change",
    ),
]
