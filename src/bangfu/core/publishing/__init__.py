"""What of plans, projects and money may stand in public, and in which form. Pure."""
