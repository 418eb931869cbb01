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
 * @property {(text: string) => void} say
 * @property {(loaded: number, total: number) => void} progress  in bytes; nothing is loading where total is 0
 * @property {(busy: boolean) => void} busy
 * @property {(offer: boolean) => void} retry
 * @property {() => void} kept  the runtime is in the browser's cache
 *
 * @typedef {Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">} Python
 */

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

export class Session {
  /** @type {Job[]} what was asked for; once Python is busy, the first is being run */
  queue = [];
  /** @type {Job[]} what a download that failed has ended */
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
    this.view.retry(false);
    this.view.say("Starting Python");
    const worker = (this.worker = this.makeWorker());
    worker.onmessage = ({ data }) => worker === this.worker && this.hear(data);
    worker.onerror = (event) => worker === this.worker && this.broken(/** @type {ErrorEvent} */ (event).message);
  }

  next() {
    if (this.ready && !this.busy && this.queue.length) {
      this.busy = true;
      this.view.say(`Running ${this.queue[0].name}`);
      this.worker?.postMessage(this.queue[0].ask());
    }
    this.view.busy(this.busy || this.queue.length > 0);
  }

  /** Forget the running Python, and with it its variables. @param {Cause} cause @param {string} says */
  stop(cause, says) {
    this.worker?.terminate();
    this.worker = null;
    this.ready = this.busy = this.full = false;
    const ended = this.queue.splice(0);
    this.lost = cause === "not loaded" ? ended.filter(({ repeats }) => repeats) : [];
    this.view.progress(0, 0);
    this.view.busy(false);
    this.view.say(says);
    this.view.retry(cause === "not loaded");
    for (const job of ended) job.end(cause);
  }

  /** Load what could not be loaded, and run what waited for it. */
  retry() {
    const lost = this.lost;
    this.start();
    for (const job of lost) this.run(job);
  }

  /** @param {string} reason */
  broken(reason = "") {
    const why = reason && ` (${reason})`;
    if (this.ready) this.stop("broken", `Python broke down and will start anew${why}`);
    else this.stop("not loaded", `The download was cut short${why}`);
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
        this.view.say("Python is ready");
        return this.next();
      case "kept":
        return this.view.kept();
      case "fetching":
        return this.view.say(total ? `Loading ${name}, once: ${megabytes(total)}` : `Loading ${name}`);
      case "fetched":
        return this.view.progress(0, 0);
      case "broken":
        if (message.during === "load") this.ready = false; // so is a package that did not arrive
        return this.broken(message.reason);
      case "idle":
        return this.idle();
      case "plan": {
        const above = order.length - 1;
        if (above) this.view.say(`Running ${job.name}, after ${above === 1 ? "one" : above} above that it needs`);
      }
    }
    if (message.error?.startsWith("MemoryError")) this.full = true;
    job?.hear(message); // without a job, Python printed after its end: nobody waits for that
  }

  idle() {
    const job = /** @type {Job} */ (this.queue.shift());
    this.busy = false;
    const says = job.end("");
    this.view.say(`Ran ${job.name}${says && `: ${says}`}`);
    if (this.full) {
      const waiting = this.queue.splice(0);
      this.stop("", "Memory was full. Python was started anew; what you run next runs what it needs first");
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
