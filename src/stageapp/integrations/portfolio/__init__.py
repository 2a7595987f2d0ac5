"""Portfolio and badges: what a student chose, as pages that open anywhere, and as a signed badge.

How it is made, and how others check it: `docs/integrations/portfolio-and-badges.md`.
"""
