"""What scores are made of, a part of the rows after the other: sums, and of each row no more than its score needs."""
