"""What is stored about a workspace, and the questions it answers."""
