import type { StowageError } from "../errors.ts";
import { warnOf } from "../warn-of.ts";
import { deliver } from "./deliver.ts";
import { type Notice, noticeText } from "./notice.ts";

/** Who is told what, when nobody watches. A failure to tell fails nothing else. */
export interface NoticeOptions {
  /** Called with each notice. If it throws, or its promise rejects, that is a warning of the process. */
  readonly onNotice?: ((notice: Notice) => unknown) | undefined;
  /** Gets each notice by POST, as `body` makes it of it; else as JSON with its `text`. */
  readonly webhook?: { readonly url: string; readonly body?: ((notice: Notice) => unknown) | undefined } | undefined;
  /**
   * Gets the beginning, the success and the failure of each run, in the form of healthchecks.io: `<url>/start`, `<url>`, `<url>/fail` with the
   * failure as text. A service that hears nothing in time raises the alarm itself.
   */
  readonly pingUrl?: string | undefined;
}

/** What a ping tells, and what its path ends in. */
const PING_ENDINGS = { start: "/start", success: "", fail: "/fail" };

/** Tells people and services, in the background. */
export class Notifier {
  readonly #options: NoticeOptions;
  readonly #pending = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  /** Pings go one after the other: a start that is late must not come behind its end. Of those that wait the newest is sent. */
  #waiting: (() => Promise<void>) | undefined;
  #isPinging = false;

  constructor(options: NoticeOptions) {
    this.#options = options;
  }

  tell(notice: Notice): void {
    const { onNotice, webhook } = this.#options;
    if (onNotice) this.#run(async () => onNotice(notice));
    if (webhook) {
      this.#run(async () => {
        const { body = bodyOf } = webhook;
        await this.#post(webhook.url, JSON.stringify(await body(notice)), "application/json");
      });
    }
  }

  /** `text` says why a run failed. */
  ping(event: keyof typeof PING_ENDINGS, text = ""): void {
    const { pingUrl } = this.#options;
    if (pingUrl === undefined) return;
    const url = new URL(pingUrl);
    url.pathname = url.pathname.replace(/\/$/, "") + PING_ENDINGS[event];
    this.#waiting = () => this.#post(url.href, text, "text/plain; charset=utf-8");
    if (!this.#isPinging) this.#run(() => this.#sendPings());
  }

  /** Waits for what is on its way, `graceMs` at most; what is not there by then is given up, with a warning. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#closing.abort(), graceMs);
    const isOver = new Promise<void>((resolve) =>
      this.#closing.signal.addEventListener("abort", () => setImmediate(resolve)),
    );
    await Promise.race([Promise.all(this.#pending), isOver]); // one that the application works on may never end
    clearTimeout(timer);
  }

  async #sendPings(): Promise<void> {
    this.#isPinging = true;
    for (let send = this.#waiting; send; send = this.#waiting) {
      this.#waiting = undefined;
      await send();
    }
    this.#isPinging = false;
  }

  #post(url: string, body: string, contentType: string): Promise<void> {
    return deliver({ url, body, contentType }, this.#closing.signal);
  }

  #run(action: () => Promise<unknown>): void {
    const running: Promise<void> = action()
      .then(() => {}, warnOf)
      .finally(() => this.#pending.delete(running));
    this.#pending.add(running);
  }
}

/** What a webhook gets unless it says otherwise. Slack, Mattermost and Discord's `/slack` show `text`. */
function bodyOf(notice: Notice): object {
  const error = "error" in notice ? { error: describe(notice.error) } : {};
  return { ...notice, ...error, text: noticeText(notice) };
}

function describe({ code, message, reason }: StowageError): object {
  return { code, message, reason };
}
