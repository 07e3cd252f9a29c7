"""The labels of the main actions by their ids, as buttons and plain mode show them."""

LABELS = {
    "check": "Save and check",
    "again": "Check again",
    "operate": "Do it for me",
    "confirm": "I have done this",
    "fix": "Fix it",
    "next": "Continue",
    "finish": "Finish",
}
