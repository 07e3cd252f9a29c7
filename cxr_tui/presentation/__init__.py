"""How states, findings, instructions and values read, for every front end. Without Textual."""
