"""Supervision, pure: what makes a place risky, whom a draw takes, where a finding may go."""
