"""The labels of the main actions, as buttons and plain mode show them."""

CHECK = "Save and check"
CHECK_AGAIN = "Check again"
OPERATE = "Do it for me"
CONFIRM = "I have done this"
FIX = "Fix it"
CONTINUE = "Continue"
FINISH = "Finish"
