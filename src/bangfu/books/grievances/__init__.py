"""Grievances (信访举报投诉): anyone may file one; it is triaged, answered in time, and appealed once."""
