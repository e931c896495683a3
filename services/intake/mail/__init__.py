"""Letters that come in by e-mail: fetched, read in a process of their own, sorted, and received or set aside."""
