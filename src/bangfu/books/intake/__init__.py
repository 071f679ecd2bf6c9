"""Intake (导入): workbooks uploaded in the browser, checked, previewed, confirmed, brought into the books."""
