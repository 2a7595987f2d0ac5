"""Campus sign-in: people of an institution come in with the account that they have there.

OpenID Connect (`oidc.py`) and SAML 2.0 (`saml.py`, `metadata.py`) end in the same `Arrival`; from
there on nothing knows which of the two it was. What somebody becomes here is in `actions.py`.
"""
