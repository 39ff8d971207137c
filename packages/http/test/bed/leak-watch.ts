import { tmpdir } from "node:os";
import { inspect } from "node:util";
import { expect, onTestFinished, vi } from "vitest";
import type { BackupsHandler } from "../../src/index.ts";
import type { WebHandler } from "../../src/node.ts";
import type { Bed } from "./bed.ts";

/** What no answer says: places in the code, errors of the operating system, hosts, and paths of this machine. */
const INNARDS = [
  /\bnode:/,
  /(^|\s)at /,
  /\.[cm]?[jt]s:\d/,
  /file:\/\/|node_modules/,
  /\bE(ACCES|ADDR|AI_|CONN|EXIST|INVAL|ISDIR|LOOP|NOENT|NOTDIR|NOTFOUND|PERM|PIPE|TIMEDOUT)/,
  /127\.0\.0\.1|localhost/,
  /(^|[^\w/])\/(home|opt|root|srv|tmp|usr|var)\//,
];

/** Looks into all answers of a test and into its log, for what must be in neither. */
export class LeakWatch {
  readonly #hidden = new Set([tmpdir(), process.cwd()]);
  readonly #secrets = new Set<string>();
  readonly #console: unknown[] = [];
  readonly #leaks: string[] = [];
  #count = 0;

  constructor() {
    const keep = (...words: unknown[]) => void this.#console.push(...words);
    const spies = (["log", "warn", "error"] as const).map((name) => vi.spyOn(console, name).mockImplementation(keep));
    process.on("warning", keep);
    onTestFinished(() => {
      process.off("warning", keep);
      for (const spy of spies) spy.mockRestore();
    });
  }

  /** How many answers were looked at. */
  get count(): number {
    return this.#count;
  }

  /** Registers what only the log may say: paths, hosts, buckets, names and contents of foreign files. */
  hide(...texts: string[]): void {
    for (const text of texts) this.#hidden.add(text);
  }

  /** Registers what neither answers nor the log may say. A token goes out only to whom it is made for. */
  plant(...secrets: string[]): void {
    for (const secret of secrets) this.#secrets.add(secret);
  }

  /** Makes a handler whose answers are looked at. Archives are not: they are compared byte by byte elsewhere. */
  around(handler: BackupsHandler): BackupsHandler {
    const watched: WebHandler = async (request, info) => {
      const response = await handler(request, info);
      const isText = response.headers.get("content-type") !== "application/zip";
      const body = isText && response.body ? await response.clone().text() : "";
      const token = response.status === 200 && /"token":"([^"]+)"/.exec(body)?.[1];
      this.look(`${[...response.headers].join("\n")}\n${token ? body.replace(token, "") : body}`, request.url);
      if (token) this.plant(token);
      return response;
    };
    return Object.assign(watched, { matches: handler.matches }) as BackupsHandler;
  }

  /** Looks at an answer, or a part of one. */
  look(answer: string, of: string): void {
    this.#count++;
    const found = [...this.#hidden, ...this.#secrets].filter((text) => answer.includes(text));
    const innards = INNARDS.filter((pattern) => pattern.test(answer)).map(String);
    if (found.length + innards.length > 0) this.#leaks.push(`${[...found, ...innards].join(" ")} in ${of}: ${answer}`);
  }

  /** Fails if anything leaked, and if nothing was looked at. */
  expectNoLeak({ errors }: Pick<Bed, "errors">): void {
    expect(this.#leaks).toEqual([]);
    expect(this.#count).toBeGreaterThan(0);
    const log = [...errors.map(describeEntry), ...this.#console.map((word) => describe(word))].join("\n");
    expect([...this.#secrets].filter((secret) => log.includes(secret))).toEqual([]);
  }
}

function describeEntry({ error, context }: Bed["errors"][number]): string {
  return `${describe(error)}\n${JSON.stringify(error)}\n${JSON.stringify(context)}`;
}

function describe(word: unknown): string {
  return inspect(word, { depth: 12, showHidden: true, maxArrayLength: null, maxStringLength: null });
}
