"""Rules as dated data with a source: reads `rulepacks/` and answers with reasons. Pure Python, no framework."""

from equipage.rules.actions import TeamFacts, check_action_allowed, check_payment_conditions
from equipage.rules.answer import Answer, Reason
from equipage.rules.ceiling import Capped, apply_ceiling
from equipage.rules.completeness import Completeness, ProjectCompleteness, check_project, check_section
from equipage.rules.composition import Activity, KnowHow, MemberFacts, check_member, check_team
from equipage.rules.dated import Dated, Reference
from equipage.rules.errors import BadInput, NoRuleInForce, PackRefused, Problem, RuleError, ValueUnknown
from equipage.rules.explanation import Explanation
from equipage.rules.form import FormView
from equipage.rules.library import Library, forget, library
from equipage.rules.pricing import ActionFacts, Ceilings, PersonFacts, Share, Tariff, price_action
from equipage.rules.scale import Priced, Rate, Scale, price, rate_for, scale_on

__all__ = [
    "ActionFacts",
    "Activity",
    "Answer",
    "BadInput",
    "Capped",
    "Ceilings",
    "Completeness",
    "Dated",
    "Explanation",
    "FormView",
    "KnowHow",
    "Library",
    "MemberFacts",
    "NoRuleInForce",
    "PackRefused",
    "PersonFacts",
    "Priced",
    "Problem",
    "ProjectCompleteness",
    "Rate",
    "Reason",
    "Reference",
    "RuleError",
    "Scale",
    "Share",
    "Tariff",
    "TeamFacts",
    "ValueUnknown",
    "apply_ceiling",
    "check_action_allowed",
    "check_member",
    "check_payment_conditions",
    "check_project",
    "check_section",
    "check_team",
    "forget",
    "library",
    "price",
    "price_action",
    "rate_for",
    "scale_on",
]
