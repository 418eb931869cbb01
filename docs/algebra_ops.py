"""Linear algebra in nine steps, on numbers that you can check by hand."""

# %% Make a vector
# A list of numbers becomes an array with one axis: a vector.
import numpy as np

v = np.array([2, 1])
print(v, v.shape)

# %% Take a dot product
# Multiply entry by entry, then add: two vectors give one number.
# predict: v @ w
w = np.array([3, 4])
print(v @ w)

# %% Make a matrix
# A list of rows becomes an array with two axes. The first row is `v` again.
A = np.array([[2, 1], [4, 3]])
print(A, A.shape)

# %% Transpose it
# Rows become columns. `A` itself stays as it was.
print(A.T)

# %% Multiply with @
# Each row of `A` is dotted with `w`, so you know the first entry of `b` already.
# predict: b.shape ? Which shape will `b` have?
b = A @ w
print(b)

# %% Compute its determinant
# By hand: 2 · 3 − 1 · 4. So `A` makes every area twice as large.
print(np.linalg.det(A))

# %% Invert it
# `A_inv` undoes what `A` does: up to rounding, `A_inv @ A` is the identity matrix.
A_inv = np.linalg.inv(A)
print(A_inv)

# %% Solve a system
# Which `x` has `A @ x` equal to `b`? `solve` eliminates; it needs no inverse.
# predict: x ? You made `b` as `A @ w`. What will `x` be?
x = np.linalg.solve(A, b)
print(x)

# %% Check the result
# Nothing is left of `b`: `x` solves the system. `np.allclose` leaves room for rounding.
residual = b - A @ x
print(residual)
print(np.allclose(A @ x, b))
