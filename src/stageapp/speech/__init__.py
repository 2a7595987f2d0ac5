"""Reads a written message by the five speech acts: plain Python, no tables, no service."""
