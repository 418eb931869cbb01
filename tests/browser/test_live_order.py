"""What a cell shows in the browser comes in the order in which the console gives it here."""

from tests.test_live_order import CONSOLE, SMALL, merged, programs, run

PROGRAMS = 60


def test_sequences_are_shown_in_the_browser_as_on_this_computer(python):
    plain = [program.replace("import matplotlib.pyplot as plt", "") for program in programs()]
    plain = [program.replace(SMALL, "") for program in plain]
    # a browser starts no thread
    asked = [program for program in plain if "Thread" not in program and "plt" not in program]
    asked = ['import sys\nprint("w", file=sys.stderr); print(1); print(2)', *asked[:PROGRAMS]]
    here = run(CONSOLE, "inline", asked)[:-1]

    texts = [{"kind": "cell", "code": program} for program in asked]
    shown = [[] for _ in asked]
    for index in range(len(asked)):
        one = [text if index == k else {"kind": "cell", "code": ""} for k, text in enumerate(texts)]
        for event in python.events(one, index, fresh=index == 0):
            if event["type"] == "output" and event["index"] == index:
                shown[index].append((event["kind"], event["text"]))

    assert here[0] == [("stderr", "w\n"), ("stdout", "1\n2\n")]
    different = [
        f"{program}\n  here        {there}\n  the browser {merged(own)}\n"
        for program, there, own in zip(asked, here, shown, strict=True)
        if there != merged(own)
    ]
    assert not different, "\n" + "\n".join(different[:3])
