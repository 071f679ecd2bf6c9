"""Where commands take the policy from: the folder that BANGFU_POLICY names, else the product's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bangfu.core.policy.reading import load
from bangfu.core.policy.resolve import Policy
from bangfu.files.policy_folder import read_policy

ROOT = Path(__file__).parents[3]


def policy_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of policy files."""
    return Path(environ.get("BANGFU_POLICY") or ROOT / "policy")


def load_policy() -> Policy:
    """The policy in force. Raises UsageError or InputError naming file, line and column."""
    return load(read_policy(policy_folder()))
