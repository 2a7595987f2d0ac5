"""The same actions and queries for other programs: JSON over `/api/v1/`."""
