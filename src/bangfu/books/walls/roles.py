"""The three database roles. Their names are the same everywhere: policies and grants speak of them."""

OWNER = "bangfu_owner"  # owns the tables and migrates
WEB = "bangfu_web"  # owns nothing; every page, command and job
PUBLIC = "bangfu_public"  # reads published copies
