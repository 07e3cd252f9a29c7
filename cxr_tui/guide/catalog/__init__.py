"""What errors and messages of outside systems mean, and what a person does about them."""
