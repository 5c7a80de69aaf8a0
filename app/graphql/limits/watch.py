"""The watch, by its old address."""

from app.identity.watch import TooLate as TooLate
from app.identity.watch import Watch as Watch
