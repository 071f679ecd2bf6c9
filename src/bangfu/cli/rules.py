"""Where commands take the policy from: as everything does, from the folder of `files.policy_folder`."""

from bangfu.files.policy_folder import ROOT, load_policy, policy_folder

__all__ = ["ROOT", "load_policy", "policy_folder"]
