import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { type OutgoingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { bundle } from "@stowage/test-kit/program";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect, onTestFinished, vi } from "vitest";
import type { NodeListenerOptions } from "../../src/node.ts";
import { ADMIN } from "../bed/bed.ts";
import type { LoadServerOrder, LoadServerReport } from "./load-server-child.ts";

/** A server in a process of its own, so that its memory and its descriptors are nobody else's. */
export class LoadServer {
  readonly directory: string;
  readonly dataDir: string;
  readonly port: number;
  readonly #child: ChildProcess;

  constructor({ directory, port, child }: { directory: string; port: number; child: ChildProcess }) {
    this.directory = directory;
    this.dataDir = join(directory, "data");
    this.port = port;
    this.#child = child;
  }

  /** Sends a request of an admin, on a connection that ends with it. */
  async send(
    method: string,
    path: string,
    { headers = {}, body = "" }: { headers?: OutgoingHttpHeaders; body?: Uint8Array | string } = {},
  ) {
    const sent = request({
      host: "127.0.0.1",
      port: this.port,
      agent: false,
      method,
      path,
      headers: { ...ADMIN, ...headers },
    });
    sent.end(body);
    const [answer] = await once(sent, "response");
    return { status: answer.statusCode as number, headers: answer.headers, body: await buffer(answer) };
  }

  async report(): Promise<LoadServerReport> {
    this.#child.send("report");
    const [report] = (await once(this.#child, "message")) as [LoadServerReport];
    return report;
  }

  /** Resident memory, and the most there ever was of it, in MiB: `VmRSS` and `VmHWM` of proc(5). */
  async memory(): Promise<{ now: number; peak: number }> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, "latin1");
    const read = (name: string) =>
      Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024);
    return { now: read("VmRSS"), peak: read("VmHWM") };
  }

  /** Waits until no other connections are open than so many. Resolves with the number of descriptors then. */
  async settled(connections = 0): Promise<number> {
    const expectSettled = async () => expect((await this.report()).connections).toBe(connections);
    await vi.waitFor(expectSettled, { timeout: 120_000, interval: 100 });
    return this.descriptors();
  }

  async descriptors(): Promise<number> {
    return (await readdir(`/proc/${this.#child.pid}/fd`)).length;
  }
}

export interface LoadServerOptions {
  readonly storage?: "local" | "sink";
  readonly listener?: NodeListenerOptions;
}

/** Starts a server over a data directory and a storage of its own. All of it is gone when the test has finished. */
export async function startLoadServer({ storage = "local", listener }: LoadServerOptions = {}): Promise<LoadServer> {
  const directory = await temporaryDirectory();
  const backups = join(directory, "backups");
  await mkdir(backups);
  await writeTree(join(directory, "data"), { "data.db": "a database", "logs/app.log": "line\n".repeat(500) });
  const program = await bundle(join(import.meta.dirname, "load-server-child.ts"), directory);
  const order: LoadServerOrder = {
    dataDir: join(directory, "data"),
    storage: storage === "sink" ? storage : { directory: backups },
    ...(listener && { listener }),
  };
  const child = fork(program, [JSON.stringify(order)], { execArgv: [] });
  onTestFinished(() => end(child));
  const [port] = await once(child, "message");
  return new LoadServer({ directory, port, child });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
