import { describe, expect, it, vi } from "vitest";
import { keysOf } from "../manager/keys-of.ts";
import { noticeServer } from "./notice-server.ts";
import { host, missedOnce, place, until } from "./schedule-bed.ts";

describe("services", () => {
  it("get the beginning and the success of a run, and each notice as JSON", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const server = await noticeServer();
    const { calls, schedule } = host(common, timetable, { pingUrl: server.url });
    await until(() => calls.operations.status().results.length > 0);
    await schedule.stop();

    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /hook/start", "POST /hook"]);
  });

  it("get a failure with its text, again where they failed themselves, and no backup waits for them", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const pings = await noticeServer((number) => (number === 1 ? 503 : 200));
    const hook = await noticeServer();
    const hooks = { beforeSnapshot: () => Promise.reject(new Error("the volume is gone")) };
    const { notices, schedule } = host({ ...common, hooks }, timetable, {
      pingUrl: `${pings.url}/`,
      webhook: { url: hook.url },
    });

    await until(() => notices.length > 0);
    await schedule.stop();

    expect(pings.received.map(({ path }) => path)).toEqual(["/hook/start", "/hook/start", "/hook/fail"]);
    expect(pings.received.at(-1)?.body).toContain("the volume is gone");
    expect(hook.received).toMatchObject([{ method: "POST", type: "application/json" }]);
    expect(JSON.parse(hook.received[0]?.body ?? "")).toMatchObject({
      kind: "failed",
      text: expect.stringContaining("the volume is gone"),
      error: { code: expect.any(String) },
    });
  });

  it("that never answer keep no backup waiting, and are given up at the end", async () => {
    const { filesystem, common } = await place();
    const { timetable, key } = await missedOnce(filesystem);
    const server = await noticeServer(() => new Promise(() => {}));
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { calls, schedule } = host(common, timetable, { pingUrl: server.url });

    await until(() => calls.operations.status().results.length > 0);
    expect(await keysOf(filesystem)).toContain(key);
    expect(server.received.map(({ path }) => path)).toEqual(["/hook/start"]);
    await schedule.stop();

    expect(warned.mock.calls.map(([message]) => String(message)).join()).toContain("did not reach");
    warned.mockRestore();
  }, 60_000);

  it("that are elsewhere are told of, because a redirection would lose the notice", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const server = await noticeServer(() => 301);
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { calls, schedule } = host(common, timetable, { pingUrl: server.url });
    await until(() => calls.operations.status().results.length > 0);
    await schedule.stop();

    expect(warned.mock.calls.map(([message]) => String(message)).join()).toContain("elsewhere");
    warned.mockRestore();
  });

  it("and listeners that close the manager do not keep it from closing", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    let isClosed = false;
    const hooks = { beforeSnapshot: () => Promise.reject(new Error("it fails")) };
    const onNotice = async () => {
      await closing.calls.close();
      isClosed = true;
    };
    const closing = host({ ...common, hooks }, timetable, { onNotice });

    await until(() => isClosed);
  }, 30_000);

  it("that refuse for good are asked once, and their host alone is named", async () => {
    const { filesystem, common } = await place();
    const { timetable } = await missedOnce(filesystem);
    const server = await noticeServer(() => 404);
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { calls, schedule } = host(common, timetable, { pingUrl: `${server.url}/secret` });
    await until(() => calls.operations.status().results.length > 0);
    await schedule.stop();

    expect(server.received).toHaveLength(2);
    const told = warned.mock.calls.map(([message]) => String(message)).join("\n");
    expect(told).toContain("404");
    expect(told).not.toContain("secret");
    expect(await keysOf(filesystem)).toHaveLength(2);
    warned.mockRestore();
  });
});
