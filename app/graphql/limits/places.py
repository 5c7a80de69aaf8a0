"""Places, by their old address."""

from app.identity.places import Places as Places
