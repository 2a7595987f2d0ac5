"""Lists of people from elsewhere: compared with what there is, applied when wanted, undone.

Sources are read only: a sheet, an OneRoster 1.2 or an Open Education API service, or the course of
a learning environment. `rules.compare` says what would change, `actions` changes it.
"""
