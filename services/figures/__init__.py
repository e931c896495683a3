"""Figures over a period, each with the list of the incidents that it counts (S72, S78, S81, S83, S84, S88, S122)."""
