"""Where commands take the policy from: the folder that BANGFU_POLICY names, else the product's own."""

from __future__ import annotations

from bangfu.core.policy.reading import load
from bangfu.core.policy.resolve import Policy
from bangfu.files.policy_folder import ROOT, policy_folder, read_policy

__all__ = ["ROOT", "load_policy", "policy_folder"]


def load_policy() -> Policy:
    """The policy in force. Raises UsageError or InputError naming file, line and column."""
    return load(read_policy(policy_folder()))
