"""Examples as a network takes them: features, targets, weights and their scaling."""
