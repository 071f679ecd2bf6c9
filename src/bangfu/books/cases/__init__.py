"""Cases (个案): procedures run step by step, from clue to county decision."""
