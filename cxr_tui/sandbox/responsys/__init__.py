"""The Responsys twin: its account, its REST and Connect APIs, its pages, its export jobs."""
