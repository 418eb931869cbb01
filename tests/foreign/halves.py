"""A program to step through."""

# %% Take a whole
# Twelve, which has a half.
whole = 12

# %% Halve it
# Two parts, as large as each other.
half = whole / 2
print(half)
