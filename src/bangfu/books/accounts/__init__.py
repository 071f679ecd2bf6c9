"""Accounts (账号): who acts, in which role, at which place, from when until when."""
