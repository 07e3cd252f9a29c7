"""Plain mode: the same steps, rotation and status as questions and answers, one line after another; no Textual."""
