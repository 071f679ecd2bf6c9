"""Crossing (跨地): what passes between places that do not see each other: a household that moves, and a
person registered twice."""
