// @ts-check
/**
 * The page's Python: one worker, and what waits for it. It knows no document: what there is to see
 * of it is the view's.
 *
 * @typedef {import("./dom.js").Cause} Cause
 *
 * @typedef {object} Job  what runs, one at a time
 * @property {string} name
 * @property {boolean} repeats  whether Retry may run it again
 * @property {() => Record<string, unknown>} ask  the message to the worker
 * @property {() => void} wait  it stands in the queue
 * @property {(message: any) => void} hear  what the worker says of it: plan, begin, output, end, answer
 * @property {(cause: Cause) => string} end  it is over; what is to be said of it
 *
 * @typedef {object} View
 * @property {(text: string, whole?: string) => void} say  `whole` is for those who want to read more
 * @property {(loaded: number, total: number) => void} progress  in bytes; nothing is loading where total is 0
 * @property {(busy: boolean) => void} busy
 * @property {(offer: "" | "load" | "run") => void} retry  what ended before it was done, and why
 * @property {() => void} kept  the runtime is in the browser's cache
 *
 * @typedef {Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">} Python
 */

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

const LINE = 120; // characters of what Python says that stand in the bar
const WHOLE = 20_000; // and in its fold: the end of a traceback says most

const ANEW = _("Its variables are lost, and what you typed is kept. The next run starts Python anew.");

/** @param {string} reason */
function lastLine(reason) {
  const line = reason.trim().split("\n").at(-1) ?? "";
  return line.length > LINE ? `${line.slice(0, LINE)}…` : line;
}

export class Session {
  /** @type {Job[]} what was asked for; once Python is busy, the first is being run */
  queue = [];
  /** @type {Job[]} what a download that failed, or a breakdown, has ended */
  lost = [];
  /** @type {Python | null} */
  worker = null;
  ready = false;
  busy = false;
  full = false; // its memory

  /** @param {() => Python} makeWorker one that was told what to load @param {View} view */
  constructor(makeWorker, view) {
    this.makeWorker = makeWorker;
    this.view = view;
  }

  /** @param {Job} job */
  run(job) {
    if (!this.queue.includes(job, this.busy ? 1 : 0)) this.queue.push(job);
    job.wait();
    if (!this.worker) this.start();
    this.next();
  }

  start() {
    this.lost = [];
    this.view.retry("");
    this.view.say(_("Starting Python"));
    const worker = (this.worker = this.makeWorker());
    worker.onmessage = ({ data }) => worker === this.worker && this.hear(data);
    worker.onerror = (event) => worker === this.worker && this.broken(/** @type {ErrorEvent} */ (event).message);
  }

  next() {
    if (this.ready && !this.busy && this.queue.length) {
      this.busy = true;
      this.view.say(_(`Running ${this.queue[0].name}`));
      this.worker?.postMessage(this.queue[0].ask());
    }
    this.view.busy(this.busy || this.queue.length > 0);
  }

  /** Forget the running Python, and with it its variables. @param {Cause} cause @param {string} says @param {string} [whole] */
  stop(cause, says, whole) {
    this.worker?.terminate();
    this.worker = null;
    this.ready = this.busy = this.full = false;
    const ended = this.queue.splice(0);
    const offer = cause === "not loaded" ? "load" : cause === "broken" ? "run" : "";
    this.lost = offer ? ended.filter(({ repeats }) => repeats) : [];
    this.view.progress(0, 0);
    this.view.busy(false);
    this.view.say(says, whole);
    this.view.retry(offer === "load" || this.lost.length ? offer : "");
    for (const job of ended) job.end(cause);
  }

  /** Start Python anew, and run what waited for it, or what it broke down at. */
  retry() {
    const lost = this.lost;
    this.start();
    for (const job of lost) this.run(job);
  }

  /** @param {string} reason */
  broken(reason = "") {
    const line = lastLine(reason);
    const whole = line === reason.trim() ? "" : reason.slice(-WHOLE);
    if (this.ready) this.stop("broken", `${_("Python broke down")}${line && ": "}${line}\n${ANEW}`, whole);
    else this.stop("not loaded", `${_("The download was cut short")}${line && " ("}${line}${line && ")"}`, whole);
  }

  /** @param {any} message from the worker */
  hear(message) {
    const job = this.queue[0];
    const { loaded, total, name, order } = message;
    switch (message.type) {
      case "progress":
        return this.view.progress(loaded, total);
      case "ready":
        this.ready = true;
        this.view.progress(0, 0);
        this.view.say(_("Python is ready"));
        return this.next();
      case "kept":
        return this.view.kept();
      case "fetching":
        return this.view.say(total ? _(`Loading ${name}, once: ${megabytes(total)}`) : _(`Loading ${name}`));
      case "fetched":
        return this.view.progress(0, 0);
      case "broken":
        if (message.during === "load") this.ready = false; // so is a package that did not arrive
        return this.broken(message.reason);
      case "idle":
        return this.idle();
      case "plan": {
        const above = order.length - 1;
        if (above) this.view.say(above === 1 ? _(`Running ${job.name}, after one above that it needs`) : _(`Running ${job.name}, after ${above} above that it needs`));
      }
    }
    if (message.error?.startsWith("MemoryError")) this.full = true;
    job?.hear(message); // without a job, Python printed after its end: nobody waits for that
  }

  idle() {
    const job = /** @type {Job} */ (this.queue.shift());
    this.busy = false;
    const says = job.end("");
    this.view.say(_(`Ran ${job.name}`) + (says && `: ${says}`));
    if (this.full) {
      const waiting = this.queue.splice(0);
      this.stop("", _("Memory was full. Python was started anew; what you run next runs what it needs first"));
      for (const other of waiting) this.run(other);
    }
    this.next();
  }
}

/** What another feature asks. @implements {Job} */
export class Call {
  repeats = false;
  /** @type {import("./dom.js").Answer} */
  answer = { value: null, printed: "", cause: "broken", error: "" };

  /** @param {import("./dom.js").Request} request */
  constructor(request) {
    this.request = request;
    this.name = request.name;
  }

  ask() {
    const { module, function: name, args } = this.request;
    return { type: "call", module, function: name, args };
  }

  wait() {}

  /** @param {any} message */
  hear({ type, value, printed, error }) {
    if (type === "answer") this.answer = { value, printed, cause: error ? "error" : "", error };
  }

  /** @param {Cause} cause */
  end(cause) {
    this.request.done(cause ? { value: null, printed: "", cause, error: "" } : this.answer);
    return "";
  }
}
