"""The scripts of live cells that know no document, as tables in one page: a worker is played."""

import pytest

from tests.browser.conftest import new_context

# A session whose worker, view and jobs note what is asked of them. `$` runs the story.
STAGE = """async ([address, story]) => {
  const {Session, Call} = await import(address);
  const log = [], workers = [];
  const view = new Proxy({}, {get: (_, name) => (value) => log.push(`${name} ${value}`)});
  const session = new Session(() => {
    const worker = {postMessage: ({type, name}) => log.push(`${type} ${name}`), terminate() {}};
    workers.push(worker);
    log.push("new worker");
    return worker;
  }, view);
  const job = (name) => ({
    name,
    repeats: true,
    ask: () => ({type: "run", name}),
    wait() {},
    hear: ({type}) => log.push(`${name} hears ${type}`),
    end(cause) { log.push(`${name} ends ${cause}`); return ""; },
  });
  const call = (name) => new Call({name, module: "m", function: "f", args: [], done: (answer) =>
    log.push(`${name} done ${answer.value} ${answer.cause} ${answer.error}`)});
  const [a, b] = [job("a"), job("b")];
  const tell = (type, rest = {}) => workers.at(-1).onmessage({data: {type, ...rest}});
  const begin = (...jobs) => { jobs.forEach((one) => session.run(one)); tell("ready"); };
  new Function("session", "a", "b", "call", "tell", "begin", "workers", "log", story)(
    session, a, b, call, tell, begin, workers, log);
  return log;
}"""


@pytest.fixture(scope="module")
def scripts(chromium, address):
    """A page, and the address of the folder that its scripts come from."""
    context = new_context(chromium, bypass_csp=True)  # stories are made from text
    page = context.new_page()
    page.goto(f"{address}/run-code.html")
    script = page.locator("script[src*='/page-live-']").evaluate("script => script.src")
    yield page, script.rpartition("/")[0]
    context.close()


@pytest.mark.parametrize(
    ("story", "wanted"),
    [
        ("session.run(a)", ["new worker", "!run a"]),  # not before it is ready
        ("begin(a, b)", ["run a", "!run b"]),
        ("begin(a, b); tell('idle')", ["run a", "a ends ", "run b", "busy true"]),
        ("begin(a); tell('idle')", ["a ends ", "say Ran a", "busy false"]),
        ("begin(a, a); tell('idle')", ["run a", "busy false"]),  # asked for twice, run once
        ("begin(a); session.run(a); tell('idle')", ["run a", "a ends ", "run a"]),  # edited since
        (
            "begin(a, b); session.stop('stopped', 'so')",
            ["a ends stopped", "b ends stopped", "!a ends broken"],
        ),
        (
            "begin(a); session.stop('stopped', 'so'); session.run(b)",
            ["new worker", "a ends stopped", "new worker", "!run b"],
        ),
        ("begin(a); session.stop('stopped', ''); tell('output')", ["!a hears output"]),
        (
            "session.run(a); tell('broken', {during: 'load', reason: 'cut'})",
            [
                "retry ",
                "say The download was cut short (cut)",
                "retry load",
                "a ends not loaded",
            ],
        ),
        ("session.run(a); workers[0].onerror({})", ["retry load", "a ends not loaded"]),
        (
            "session.run(a); workers[0].onerror({}); session.retry(); tell('ready')",
            ["retry load", "a ends not loaded", "retry ", "new worker", "run a"],
        ),
        (
            "session.run(a); workers[0].onerror({}); session.run(b); tell('ready')",
            ["retry load", "retry ", "run b", "!run a"],
        ),
        (
            "begin(a); tell('broken', {during: 'load', reason: 'plot'})",  # a package
            ["run a", "retry load", "a ends not loaded"],
        ),
        (
            "begin(a); tell('broken', {during: 'run', reason: ''})",
            ["say Python broke down\nIts variables are lost", "retry run", "a ends broken"],
        ),
        (
            "const reason = `${'x\\n'.repeat(40000)}Error: why`;"
            "begin(a); tell('broken', {during: 'run', reason})",
            ["say Python broke down: Error: why\nIts variables are lost"],
        ),
        (
            "begin(a); tell('broken', {during: 'run'}); session.retry(); tell('ready')",
            ["retry run", "a ends broken", "retry ", "new worker", "run a"],
        ),
        ("begin(call('c')); tell('broken', {during: 'run'})", ["retry ", "!retry run"]),
        ("begin(a); tell('idle'); tell('output')", ["a ends ", "!a hears output"]),  # a finaliser
        (
            "begin(a, b); tell('end', {error: 'MemoryError'}); tell('idle'); tell('ready')",
            ["a ends ", "say Memory was full.", "new worker", "run b"],
        ),
        (
            "begin(call('c')); tell('answer', {value: 5, error: ''}); tell('idle')",
            ["call undefined", "c done 5  "],
        ),
        (
            "begin(call('c')); tell('answer', {value: null, error: 'E: no'}); tell('idle')",
            ["c done null error E: no"],
        ),
        ("begin(call('c')); session.stop('stopped', '')", ["c done null stopped "]),
        ("session.run(call('c')); workers[0].onerror({})", ["c done null not loaded "]),
        (
            "session.run(call('c')); workers[0].onerror({}); session.retry(); tell('ready')",
            ["c done null not loaded ", "new worker", "!call undefined"],  # it was told already
        ),
        ("begin(call('c')); tell('broken', {during: 'run'})", ["c done null broken "]),
    ],
)
def test_what_is_asked_runs_one_by_one_and_each_end_has_a_cause(story, wanted, scripts):
    """`wanted` stand in the log in this order; one with a ! never comes after those before it."""
    page, folder = scripts
    log = page.evaluate(STAGE, [f"{folder}/session.js", story])

    for line in wanted:
        rest = [k for k, said in enumerate(log) if said.startswith(line.removeprefix("!"))]
        assert bool(rest) != line.startswith("!"), (line, log)
        if rest:
            log = log[rest[0] + 1 :]


ROW = "[1. 2. 3.]"
TRACE = 'Traceback (most recent call last):\n  File "{}", line 1\nE: why'


def test_an_output_is_the_same_if_its_text_is_and_its_numbers_nearly(scripts):
    page, folder = scripts
    table = [
        ("5\n", "5", True),
        ("0.1 + 0.2 = 0.30000000000000004", "0.1 + 0.2 = 0.3", True),
        ("0.3001", "0.3", False),
        ("[1.  2.]\n", "[1. 2.]", True),
        ("[1. 2.]", "[1. 3.]", False),
        ("a 1", "b 1", False),
        ("1", "", False),
        (TRACE.format("cell 1"), TRACE.format("<stdin>"), True),
        (TRACE.format("cell 1"), TRACE.format("cell 1").replace("why", "because"), False),
        ("at 0x7f00 end", "at ... end", True),
        ("at 0x7f00", "at ... end", False),
        ("begin, middle", "... middle", True),
        ("ab", "ab...b", False),  # each part stands for itself
        ("one two three", "one...two...three", True),
        ("one three two", "one...two...three", False),
        ("x" * 1_000_000, "x", False),
        (f"{ROW} " * 5_000, "... " * 5_000 + "end", False),
        ("7 " * 200_000, "7 ...", False),  # what is so much longer is not looked at
    ]
    found, seconds = page.evaluate(
        """async ([address, table]) => {
          const {agrees} = await import(address);
          const begun = performance.now();
          const found = table.map(([printed, built]) => agrees(printed, built));
          return [found, (performance.now() - begun) / 1000];
        }""",
        [f"{folder}/outputs.js", table],
    )

    wrong = [
        (a[:50], b[:50]) for (a, b, same), got in zip(table, found, strict=True) if same != got
    ]
    assert wrong == []
    assert seconds < 30, "the work is not bounded by what was built"  # it would be hours
