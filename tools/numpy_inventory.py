"""Write the inventory by which {obj}`numpy.dot` links to NumPy's reference.

No package ships NumPy's own inventory, so this one is made from the installed NumPy:
a name that NumPy does not have cannot be linked. Run it with `nox -s inventory`.
"""

import inspect
import sys
from collections.abc import Iterator

import numpy as np
import sphobjinv

PAGES_OF_THEIR_OWN = "reference/generated/{name}.html#{name}"
ELSEWHERE = {  # documented on a page with others
    "numpy.newaxis": "reference/constants.html#numpy.newaxis",
    "numpy.nan": "reference/constants.html#numpy.nan",
    "numpy.float32": "reference/arrays.scalars.html#numpy.float32",
    "numpy.float64": "reference/arrays.scalars.html#numpy.float64",
    "numpy.int64": "reference/arrays.scalars.html#numpy.int64",
}


def documented_names() -> Iterator[tuple[str, str]]:
    """Yield (name, role) of what numpy and numpy.linalg hold, and of what an array has."""
    for module in (np, np.linalg):
        for short in module.__all__:
            value = getattr(module, short)
            name = f"{module.__name__}.{short}"
            if name in ELSEWHERE:
                yield name, "data"
            elif isinstance(value, np.ufunc) or inspect.isroutine(value):
                yield name, "function"
            elif inspect.isclass(value) and not issubclass(value, np.generic):
                yield name, "exception" if issubclass(value, Exception) else "class"
    for short in dir(np.ndarray):
        if not short.startswith("_"):
            kind = "method" if callable(getattr(np.ndarray, short)) else "attribute"
            yield f"numpy.ndarray.{short}", kind


def main(path: str) -> None:
    """Write the inventory to `path`."""
    inventory = sphobjinv.Inventory()
    inventory.project = "NumPy"
    inventory.version = np.__version__.rpartition(".")[0]
    for name, role in sorted(documented_names()):
        inventory.objects.append(
            sphobjinv.DataObjStr(
                name=name,
                domain="py",
                role=role,
                priority="1",
                uri=ELSEWHERE.get(name, PAGES_OF_THEIR_OWN.format(name=name)),
                dispname="-",
            )
        )
    sphobjinv.writebytes(path, sphobjinv.compress(inventory.data_file(contract=True)))
    print(f"{path}: {inventory.count} names of NumPy {np.__version__}")


if __name__ == "__main__":
    main(sys.argv[1])
