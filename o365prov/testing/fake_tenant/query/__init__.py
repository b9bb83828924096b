"""Query options: filter, select, order and paging."""
