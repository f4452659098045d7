"""Identifiers that look right and belong to nobody: RPPS of an unused range, accounts of a bank that does not exist."""

from __future__ import annotations

from collections import Counter as Tally

from stdnum import luhn

from equipage.foundation.numbering import Counter

# No health professional has a number in 898: real ones begin with 10.
_RPPS_RANGE = "898"
# A bank code that the Banque de France gives to nobody.
_BANK, _BRANCH = 99999, 10


def fictitious_rpps(rank: int) -> str:
    """The RPPS number of the person of that rank: 11 digits with a valid key."""
    digits = f"{_RPPS_RANGE}{rank:07d}"
    return digits + luhn.calc_check_digit(digits)


def fictitious_iban(rank: int) -> str:
    """A French IBAN with valid RIB and IBAN keys, in a bank that does not exist."""
    key = 97 - (89 * _BANK + 15 * _BRANCH + 3 * rank) % 97
    bban = f"{_BANK:05d}{_BRANCH:05d}{rank:011d}{key:02d}"
    check = 98 - int(f"{bban}152700") % 97
    return f"FR{check:02d}{bban}"


def fictitious_phone(rank: int) -> str:
    """A number of the range that the ARCEP keeps for fiction (02 61 91 00 00 to 02 61 91 99 99)."""
    return f"026191{rank % 10000:04d}"


class Numbers:
    """Continuous numbers, counted in memory and written once."""

    def __init__(self) -> None:
        self._last: Tally[str] = Tally()

    def take(self, name: str) -> int:
        """The next number under a name."""
        self._last[name] += 1
        return self._last[name]

    def write(self) -> None:
        """Leave every counter where a verb will take the next one."""
        Counter.objects.bulk_create(
            [Counter(name=name, last=last) for name, last in sorted(self._last.items())],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["last"],
        )
