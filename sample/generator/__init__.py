"""The sample county: Zigui's real villages, invented households, and defects planted on purpose.

Nothing here imports `bangfu`: the workbooks and the list of expected findings are an independent
witness of what the program should read and find.
"""
