"""Policy as dated, region-scoped data, and the small rule language.

`load(documents)` reads, checks and types everything; `Policy` answers for a place and a date.
"""

from bangfu.core.policy.documents import Document
from bangfu.core.policy.reading import load
from bangfu.core.policy.resolve import Policy

__all__ = ["Document", "Policy", "load"]
