"""Version 1 of the API: what stands below `/api/v1/`."""
