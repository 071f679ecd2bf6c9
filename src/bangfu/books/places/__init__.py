"""Places (区划): the divisions of the statistical code, dated, with what became of them."""
