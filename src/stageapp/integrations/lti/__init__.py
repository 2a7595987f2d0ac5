"""LTI 1.3: people come in from the course in their learning environment, and are known there.

The parts of the standard that are here: launch (Core 1.3), choosing what a link opens (Deep
Linking 2.0), the list of a course (Names and Role Provisioning Services 2.0) and registering by
itself (Dynamic Registration 1.0). Marks are not: this application keeps none.
"""
