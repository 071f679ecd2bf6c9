"""The SPDCI social registry search, for other systems."""
