import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { BackupManager } from "@stowage/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { expectAnswer, refusal } from "./bed/answers.ts";
import { ADMIN, type Bed, makeBed } from "./bed/bed.ts";

const EVENTS = { headers: { ...ADMIN, accept: "text/event-stream" } };

function follow({ send }: Bed, init: RequestInit = {}): Promise<Response> {
  return send("GET", "/api/backups/status", { ...EVENTS, ...init });
}

/** Reads statuses until one is as expected. */
async function statusWhere(response: Response, matches: (status: Status) => boolean): Promise<Status> {
  const reader = response.body?.getReader();
  let text = "";
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) throw new Error("the stream ended");
    text += Buffer.from(chunk.value).toString();
    const found = statusesIn(text).find(matches);
    if (!found) continue;
    reader?.releaseLock();
    return found;
  }
}

interface Status {
  readonly active: { readonly operation: string; readonly progress: object | null } | null;
  readonly results: readonly { readonly operation: string }[];
}

function statusesIn(text: string): Status[] {
  return [...text.matchAll(/^event: status\ndata: (.*)\n\n/gm)].map(([, data = ""]) => JSON.parse(data));
}

it("at first nothing runs and nothing has ended", async () => {
  const { send } = await makeBed();

  await expectAnswer(await send("GET", "/api/backups/status"), 200, { active: null, results: [] });
});

it("a follower sees an operation start and end, and its result", async () => {
  const bed = await makeBed();
  const response = await follow(bed);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  await statusWhere(response, ({ active }) => active === null);

  const created = bed.manager.create({ name: "a.zip" });

  expect(await statusWhere(response, ({ results }) => results.length > 0)).toMatchObject({
    active: null,
    results: [{ operation: "create", key: "a.zip", error: null }],
  });
  await created;
  await response.body?.cancel();
});

it("a follower sees the progress of what is running", async () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const bed = await makeBed({ manager: { hooks: { afterSnapshot: () => opened } } });
  const response = await follow(bed);
  const created = bed.manager.create({ name: "a.zip" });

  const status = await statusWhere(response, ({ active }) => active !== null && active.progress !== null);

  expect(status.active).toMatchObject({ operation: "create", key: "a.zip", progress: { phase: expect.any(String) } });
  open();
  await created;
  await response.body?.cancel();
});

it("what a create left out is in the status, asked for and followed, by name", async () => {
  const bed = await makeBed();
  execFileSync("mkfifo", [join(bed.dataDir, "pipe")]);
  const response = await follow(bed);

  await bed.manager.create({ name: "a.zip" });

  const left = { operation: "create", error: null, warningCount: 1, warnings: [{ name: "pipe", reason: "fifo" }] };
  expect(await statusWhere(response, ({ results }) => results.length > 0)).toMatchObject({ results: [left] });
  expect(await (await bed.send("GET", "/api/backups/status")).json()).toMatchObject({ results: [left] });
  await response.body?.cancel();
});

it("what a create left out stays in the status when another operation has ended", async () => {
  const bed = await makeBed();
  execFileSync("mkfifo", [join(bed.dataDir, "pipe")]);
  await bed.manager.create({ name: "a.zip" });
  await bed.manager.verify("a.zip");

  const status = await bed.send("GET", "/api/backups/status?fields=results.operation,results.warningCount");

  const results = [
    { operation: "verify", warningCount: 0 },
    { operation: "create", warningCount: 1 },
  ];
  expect(await status.json()).toEqual({ results });
});

it("a follower that is slow misses states, but never the last one", async () => {
  const bed = await makeBed();
  const response = await follow(bed);
  for (const name of ["a.zip", "b.zip", "c.zip"]) await bed.manager.create({ name });
  await bed.manager.delete("a.zip");

  const status = await statusWhere(response, () => true);

  expect(status).toMatchObject({ active: null, results: [{ key: "c.zip" }] });
  await response.body?.cancel();
});

it("a heartbeat tells that the stream is alive", async () => {
  const bed = await makeBed({ handler: { heartbeatMs: 5 } });
  const response = await follow(bed);
  const reader = response.body?.getReader();
  let text = "";

  while (!text.includes("\n\n: still here\n\n")) text += Buffer.from((await reader?.read())?.value ?? []).toString();

  await reader?.cancel();
});

it("streams are bounded, and one that ends makes room, whoever ended it", async () => {
  const bed = await makeBed({ handler: { maxStatusStreams: 2 } });
  const leave = new AbortController();
  const first = await follow(bed);
  const second = await follow(bed, { signal: leave.signal });

  const refused = await follow(bed);
  expect(refused.headers.get("retry-after")).toBe("10");
  await expectAnswer(refused, 429, refusal(429, "Too many clients follow the status."));

  await first.body?.cancel();
  expect((await follow(bed)).status).toBe(200);
  leave.abort();
  expect((await follow(bed)).status).toBe(200);
  expect((await follow(bed)).status).toBe(429);
  await second.body?.cancel().catch(() => {});
});

it("the manager has listeners of streams only while there are streams", async () => {
  const listeners = countListeners();
  const bed = await makeBed();
  const before = listeners.count;

  const responses = await Promise.all(Array.from({ length: 50 }, () => follow(bed)));
  expect(listeners.count - before).toBe(4);
  for (const response of responses) await response.body?.cancel();

  expect(listeners.count).toBe(before);
  const next = await follow(bed);
  expect(listeners.count - before).toBe(4);
  await next.body?.cancel();
});

/** Counts the listeners of every manager. */
function countListeners(): { count: number } {
  const listeners = { count: 0 };
  const { on } = BackupManager.prototype;
  const spy = vi.spyOn(BackupManager.prototype, "on").mockImplementation(function (
    this: BackupManager,
    event,
    listener,
  ) {
    const stop = on.call(this, event, listener as never);
    listeners.count++;
    return () => {
      listeners.count--;
      stop();
    };
  });
  onTestFinished(() => spy.mockRestore());
  return listeners;
}

it("a follower over a socket is let go when it leaves", async () => {
  const bed = await makeBed({ handler: { maxStatusStreams: 1 } });
  const { url } = await bed.listen();
  const leave = new AbortController();
  const response = await fetch(`${url}/api/backups/status`, { ...EVENTS, signal: leave.signal });
  await response.body?.getReader().read();
  expect((await follow(bed)).status).toBe(429);

  leave.abort();

  await vi.waitFor(
    async () => {
      await setImmediate();
      const next = await follow(bed);
      expect(next.status).toBe(200);
      await next.body?.cancel();
    },
    { timeout: 20_000 },
  );
});
