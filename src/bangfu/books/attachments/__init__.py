"""Attachments: files kept with the books, uploaded by somebody or made by a job."""
