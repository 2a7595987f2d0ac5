"""From where people already are: learning environments, campus sign-in, rosters, other systems.

Each is an application of its own below this package; here is the page that leads to them.
"""
