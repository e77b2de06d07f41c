"""Examples as a network takes them: features, targets, weights, and the steps that prepare them."""
