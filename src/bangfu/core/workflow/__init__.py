"""Procedures as data: what a step asks, who may act, what decides, when it is due. Pure."""
