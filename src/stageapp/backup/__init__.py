"""Backups: the database and the files in one archive, and back again."""
