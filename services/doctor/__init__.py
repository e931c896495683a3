"""Looking whether everything that Vigie stands on is in order: nothing is made, changed or sent."""

from services.doctor.examination import CHECKS, Finding, examine
from services.doctor.saying import State

__all__ = ["CHECKS", "Finding", "State", "examine"]
