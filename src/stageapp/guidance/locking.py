"""One request at a time changes a question, and what belongs to it."""

from stageapp.guidance.models import GuidanceQuestion


def locked(question: GuidanceQuestion) -> GuidanceQuestion:
    """Fetch the row anew and let one request at a time change it; call it in a transaction."""
    return (
        GuidanceQuestion.objects.select_for_update(of=("self",))
        .select_related(
            "placement__student",
            "placement__cohort__programme__institution",
            "teacher",
            "goal",
            "invitation",
        )
        .get(pk=question.pk)
    )
