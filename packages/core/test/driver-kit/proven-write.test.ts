import { describe, expect, it, vi } from "vitest";
import { type Commit, provenWrite } from "../../src/driver-kit/proven-write.ts";

const LOST = new Error("the answer was lost");
const REFUSED = new Error("the key is taken");

function commitOf(changes: Partial<Commit<string>>) {
  const calls: string[] = [];
  const commit: Commit<string> = {
    send: async () => "made",
    isUncertain: (error) => error === LOST,
    settle: async () => void calls.push("settle"),
    findOwn: async () => {
      calls.push("look");
      return "found";
    },
    signal: new AbortController().signal,
    graceMs: 1_000,
    ...changes,
  };
  return { commit, calls };
}

/** Fails as its attempts do, one after the other, with the last of them. */
function failing(...errors: readonly Error[]): Commit<string>["send"] {
  return async (noteFailure) => {
    for (const error of errors) noteFailure(error);
    throw errors.at(-1);
  };
}

describe("a write", () => {
  it("whose answer comes is what the answer says", async () => {
    const { commit, calls } = commitOf({});
    expect(await provenWrite(commit)).toBe("made");
    expect(calls).toEqual([]);
  });

  it("that is refused for certain is refused, and nobody looks", async () => {
    const { commit, calls } = commitOf({ send: failing(REFUSED) });
    await expect(provenWrite(commit)).rejects.toBe(REFUSED);
    expect(calls).toEqual([]);
  });

  it.each([
    ["is refused by its own object after an answer was lost", [LOST, REFUSED]],
    ["has lost every answer", [LOST, LOST]],
  ])("that %s is found, once nothing can take effect any more", async (_, errors) => {
    const { commit, calls } = commitOf({ send: failing(...errors) });
    expect(await provenWrite(commit)).toBe("found");
    expect(calls).toEqual(["settle", "look"]);
  });

  it.each([
    ["is another's", async () => undefined],
    ["cannot be seen", () => Promise.reject(new Error("not now"))],
  ])("fails with its own error where the object %s", async (_, findOwn) => {
    const { commit } = commitOf({ send: failing(LOST, REFUSED), findOwn });
    await expect(provenWrite(commit)).rejects.toBe(REFUSED);
  });
});

describe("an abort", () => {
  it("before the request sends nothing", async () => {
    const send = vi.fn();
    const { commit, calls } = commitOf({ send, signal: AbortSignal.abort(new Error("enough")) });
    await expect(provenWrite(commit)).rejects.toThrow("enough");
    expect([send.mock.calls, calls]).toEqual([[], []]);
  });

  it("of the request leaves open what became of it, so that somebody looks", async () => {
    const controller = new AbortController();
    const send = async () => {
      controller.abort();
      throw controller.signal.reason;
    };
    const { commit, calls } = commitOf({ send, signal: controller.signal });
    expect(await provenWrite(commit)).toBe("found");
    expect(calls).toEqual(["settle", "look"]);
  });

  it("lets the look take the grace, and five times as long if nobody waits", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    const controller = new AbortController();
    await provenWrite(commitOf({ send: failing(LOST) }).commit);
    const send = async () => {
      controller.abort();
      throw LOST;
    };
    await provenWrite(commitOf({ send, signal: controller.signal }).commit);
    expect(timeout.mock.calls).toEqual([[5_000], [1_000]]);
    timeout.mockRestore();
  });
});
