"""Learning records: on the student's own request, xAPI statements of what they chose.

The mapping stands in `rules.py` and in `docs/integrations/learning-records.md`.
"""
