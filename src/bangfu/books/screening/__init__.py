"""排查: department rosters, sealed snapshots, findings."""
