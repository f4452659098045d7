"""The verbs of protocols."""

from equipage.protocols.services.deciding import (
    answer,
    confirm_review,
    give_opinion,
    propose,
    put_in_force,
    reopen,
    withdraw,
)
from equipage.protocols.services.freezing import attribution_link, frozen_content
from equipage.protocols.services.reminding import remind_reviews
from equipage.protocols.services.sharing import follow, publish, take_up, withdraw_publication
from equipage.protocols.services.writing import PartConflict, create, revise, save_part

__all__ = [
    "PartConflict",
    "answer",
    "attribution_link",
    "confirm_review",
    "create",
    "follow",
    "frozen_content",
    "give_opinion",
    "propose",
    "publish",
    "put_in_force",
    "remind_reviews",
    "reopen",
    "revise",
    "save_part",
    "take_up",
    "withdraw",
    "withdraw_publication",
]
