"""What is to be predicted: the target, its outputs and heads, and the architecture for a table."""
