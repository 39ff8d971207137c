import { describe, expect, it } from "vitest";
import { type Download, type RunningChecksum, resumedContent } from "../../src/driver-kit/resumed-content.ts";
import { StowageError } from "../../src/errors.ts";

const CONTENT = Buffer.from("the whole of an object");
const BROKEN = new StowageError("UNAVAILABLE", "the connection broke");

/** A body of so many bytes from a place on, which then breaks, or ends. */
async function* body(from: number, size: number, failure?: Error): AsyncGenerator<Uint8Array, void, void> {
  if (size > 0) yield CONTENT.subarray(from, from + size);
  if (failure) throw failure;
}

/** Downloads with bodies of so many bytes each, all of which break. The last size counts for all that follow. */
function download(sizes: readonly number[], changes: Partial<Download> = {}) {
  const opened: number[] = [];
  const open = (from: number) => {
    opened.push(from);
    return body(from, sizes[Math.min(opened.length, sizes.length) - 1] ?? 0, BROKEN);
  };
  const { start = 0 } = changes;
  const content = resumedContent(open(start), {
    start,
    end: CONTENT.length,
    reopen: async (from) => open(from),
    isRetryable: (error) => error instanceof StowageError && error.retryable,
    signal: new AbortController().signal,
    policy: { baseMs: 0 },
    ...changes,
  });
  return { content, opened };
}

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

class Sum implements RunningChecksum {
  #sum = 0;

  update(bytes: Uint8Array): void {
    for (const byte of bytes) this.#sum += byte;
  }

  toString(): string {
    return String(this.#sum);
  }
}

describe("a download", () => {
  it.each([
    ["that never breaks", [99], {}, [0]],
    ["that breaks after each few bytes", [5], {}, [0, 5, 10, 15, 20]],
    ["whose third body after a break brings bytes, again and again", [5, 0, 0, 5, 0, 0, 99], {}, 7],
    ["of a range", [5], { start: 7, end: 20 }, [7, 12, 17]],
  ])("%s comes whole", async (_, sizes, changes, expected) => {
    const { content, opened } = download(sizes, changes);
    const { start = 0, end = CONTENT.length } = changes as Partial<Download>;

    expect(await bytesOf(content)).toMatch(CONTENT.toString().slice(start, end));
    expect(typeof expected === "number" ? opened.length : opened).toEqual(expected);
  });

  it("goes on behind a body that ends early, too", async () => {
    const content = resumedContent(body(0, 5), { ...inert(), reopen: async (from) => body(from, 99) });
    expect(await bytesOf(content)).toBe(CONTENT.toString());
  });

  it("is given up after the fourth body in a row without a byte, with what that failed with", async () => {
    const { content, opened } = download([5, 0]);
    await expect(bytesOf(content)).rejects.toBe(BROKEN);
    expect(opened).toEqual([0, 5, 5, 5]);
  });

  it("is over with what will not pass, and with what the next body cannot be opened for", async () => {
    const final = download([5], { isRetryable: () => false });
    await expect(bytesOf(final.content)).rejects.toBe(BROKEN);
    expect(final.opened).toEqual([0]);

    const gone = new StowageError("UNAVAILABLE", "replaced");
    const replaced = download([5], { reopen: () => Promise.reject(gone) });
    await expect(bytesOf(replaced.content)).rejects.toBe(gone);
  });

  it("asks for no further body once the signal is aborted", async () => {
    const controller = new AbortController();
    const { content, opened } = download([5], { signal: controller.signal });
    await content.next();
    controller.abort(new Error("enough"));

    await expect(content.next()).rejects.toThrow("enough");
    expect(opened).toEqual([0]);
  });

  it("reads the end of its last body, and releases one that its reader leaves", async () => {
    const ends: string[] = [];
    const watched = (async function* () {
      try {
        yield CONTENT;
        ends.push("read");
      } finally {
        ends.push("released");
      }
    })();
    await bytesOf(resumedContent(watched, inert()));
    expect(ends).toEqual(["read", "released"]);

    const left = (async function* () {
      try {
        yield CONTENT.subarray(0, 5);
      } finally {
        ends.push("left");
      }
    })();
    for await (const _ of resumedContent(left, inert())) break;
    expect(ends.at(-1)).toBe("left");
  });
});

describe("the checksum of a download", () => {
  const expected = String(CONTENT.reduce((sum, byte) => sum + byte, 0));

  it("is that of all its bodies", async () => {
    const { content } = download([5], { checksum: { running: new Sum(), expected } });
    expect(await bytesOf(content)).toBe(CONTENT.toString());
  });

  it("that is another one is an error, which may pass", async () => {
    const { content } = download([5], { checksum: { running: new Sum(), expected: "0" } });
    await expect(bytesOf(content)).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH", retryable: true });
  });
});

function inert(): Download {
  return {
    start: 0,
    end: CONTENT.length,
    reopen: () => Promise.reject(new Error("nothing is opened again")),
    isRetryable: () => true,
    signal: new AbortController().signal,
    policy: { baseMs: 0 },
  };
}
