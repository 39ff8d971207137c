import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IdleWatch, watchedChunks } from "../../src/driver-kit/idle-watch.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

it("a watch calls once, a while after the last restart, and never while it is stopped", () => {
  const onIdle = vi.fn();
  const watch = new IdleWatch(100, onIdle);
  vi.advanceTimersByTime(1_000);
  watch.restart();
  vi.advanceTimersByTime(99);
  watch.restart();
  vi.advanceTimersByTime(99);
  expect(onIdle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(onIdle).toHaveBeenCalledOnce();

  watch.restart();
  watch.stop();
  vi.advanceTimersByTime(1_000);
  expect(onIdle).toHaveBeenCalledOnce();
});

it("chunks are waited for only so long, and a reader may take as long as it likes", async () => {
  const body = new Readable({ read() {} });
  const chunks = watchedChunks(body, new IdleWatch(100, () => body.destroy(new Error("idle"))));
  body.push("first");
  expect((await chunks.next()).value).toEqual(Buffer.from("first"));
  vi.advanceTimersByTime(1_000);
  expect(body.destroyed).toBe(false);

  const second = chunks.next();
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  vi.advanceTimersByTime(100);

  await expect(second).rejects.toThrow("idle");
  expect(vi.getTimerCount()).toBe(0);
});

it("a reader that leaves stops the watch and releases the body", async () => {
  const body = Readable.from([Buffer.from("first"), Buffer.from("second")]);
  const onIdle = vi.fn();
  for await (const _ of watchedChunks(body, new IdleWatch(100, onIdle))) break;
  vi.advanceTimersByTime(1_000);
  expect([body.destroyed, onIdle.mock.calls]).toEqual([true, []]);
});

it.each([
  ["ends", (body: Readable) => body.push(null)],
  ["breaks", (body: Readable) => body.destroy(new Error("reset"))],
])("a body that %s while it is waited for stops the watch", async (_, finish) => {
  const body = new Readable({ read() {} });
  const next = watchedChunks(body, new IdleWatch(100, () => {})).next();
  next.catch(() => {}); // how it ends is not what this looks at
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  finish(body);
  await next.catch(() => {});
  expect(vi.getTimerCount()).toBe(0);
});
