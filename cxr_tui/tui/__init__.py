"""The wizard: every step of the guide on one screen, drawn from its fields; a view of the journal, without I/O."""
