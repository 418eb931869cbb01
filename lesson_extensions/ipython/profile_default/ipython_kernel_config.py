"""The kernels' own IPython profile: a contributor's startup files cannot change an output."""

c = get_config()  # noqa: F821 - IPython provides it
c.HistoryManager.enabled = False  # cells are in the repository, not in a history
c.IPKernelApp.log_level = "ERROR"  # else each kernel warns that its loopback is not encrypted
