"""What the demo is made of: texts in `data/`, and who can sign in."""

import tomllib
from importlib.resources import files
from typing import Any

DATA = files("stageapp.demo") / "data"

#: The accounts of the contract, and who they are.
ACCOUNTS = {
    "sanne@demo.example": "student HBO-ICT, half-way, one answered question",
    "youssef@demo.example": "student Leraar VO, one question that waits",
    "noor@demo.example": "student HBO-ICT, five weeks on placement, never shared anything",
    "lotte@demo.example": "student Verpleegkunde, just started",
    "docent@demo.example": "placement teacher of all of these and some twenty others",
    "collega@demo.example": "teacher who stands in for the one above in two weeks",
    "opleiding@demo.example": "programme administrator (HBO-ICT and Leraar VO)",
    "beheer@demo.example": "functional administrator of the institution",
}


def content(name: str) -> dict[str, Any]:
    """Return one of the data files, such as `people`."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
