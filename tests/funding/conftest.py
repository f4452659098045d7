"""Money is tested on a fixed day, the same in each of its rooms."""

from tests.compensation.conftest import a_day_of_november as a_day_of_november
