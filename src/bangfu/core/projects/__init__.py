"""Projects, without the books: look-alikes, targets, what may be paid, what photos tell. Pure."""
