"""Who stands behind an organisation: ownership statements and the result of watch-list screening."""
