"""The API for other programs: JSON with scopes, tokens and webhooks.

Everything goes through the access, forms and actions of the features: no second rule stands here.
"""
