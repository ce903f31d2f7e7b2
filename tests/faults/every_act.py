"""The one table of the services that write; importing it has every act in it."""

from tests.faults import acts_of_care, acts_of_log, acts_of_money, acts_of_people
from tests.faults.acts import ACTS, DAY, Act, Do, writing_services

__all__ = [
    "ACTS",
    "DAY",
    "Act",
    "Do",
    "acts_of_care",
    "acts_of_log",
    "acts_of_money",
    "acts_of_people",
    "writing_services",
]
