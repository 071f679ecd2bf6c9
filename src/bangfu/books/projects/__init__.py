"""Projects (项目库): the county's project bank. Not in the bank, no money."""
