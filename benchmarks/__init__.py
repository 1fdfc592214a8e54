"""Speed and accuracy against peers and lower bounds; never imported by the product."""
