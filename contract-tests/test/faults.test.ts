import { Filesystem, type FilesystemDriver } from "@stowage/core";
import { describe, expect, it } from "vitest";
import { readBytes } from "../src/assert/assertions.ts";
import {
  cutBody,
  type DriverVerb,
  delayCalls,
  failNthCall,
  flipBit,
  interceptCalls,
  loseReply,
  recordCalls,
} from "../src/index.ts";
import { ReferenceDriver } from "./reference-driver.ts";
import { ReferencePlace } from "./reference-place.ts";

const CONTENT = Buffer.alloc(40_000, "abc");

describe("fault wrappers", () => {
  it("failNthCall fails the nth call of a verb, and no other", async () => {
    const filesystem = filesystemWith((driver) => failNthCall(driver, { verb: "stat", nth: 2 }));
    expect(await filesystem.exists("a")).toBe(true);
    await expect(filesystem.exists("a")).rejects.toThrow("injected failure of stat");
    expect(await filesystem.exists("a")).toBe(true);
  });

  it("failNthCall counts the calls of all verbs if none is named", async () => {
    const failure = new Error("third");
    const filesystem = filesystemWith((driver) => failNthCall(driver, { nth: 3, error: failure }));
    await filesystem.exists("a"); // the first call opens
    await expect(filesystem.delete("a")).rejects.toMatchObject({ cause: failure });
    await filesystem.close();
  });

  it("delayCalls lets the calls of a verb wait", async () => {
    const order: string[] = [];
    const filesystem = filesystemWith((driver) => delayCalls(driver, { verb: "stat", delayMs: 20 }));
    const slow = filesystem.stat("a").then(() => order.push("stat"));
    await filesystem.read("a").then(({ content }) => content.destroy());
    order.push("read");
    await slow;
    expect(order).toEqual(["read", "stat"]);
  });

  it("loseReply does the work and throws", async () => {
    const filesystem = filesystemWith((driver) => loseReply(driver, { verb: "delete" }));
    await expect(filesystem.delete("a")).rejects.toThrow("injected loss of the reply to delete");
    expect(await filesystem.exists("a")).toBe(false);
  });

  it("cutBody ends a body early, which the filesystem notices", async () => {
    const filesystem = filesystemWith((driver) => cutBody(driver, { size: 20_000 }));
    await expect(readBytes(filesystem, "a")).rejects.toMatchObject({ code: "SIZE_MISMATCH", retryable: true });
    expect(await readBytes(filesystem, "a", { end: 20_000 })).toEqual(CONTENT.subarray(0, 20_000));
  });

  it("flipBit changes one bit and not the object", async () => {
    const place = new ReferencePlace();
    const filesystem = filesystemWith((driver) => flipBit(driver, { offset: 17_000 }), place);
    const found = await readBytes(filesystem, "a");
    const differences = [...found.keys()].filter((index) => found[index] !== CONTENT[index]);
    expect(differences).toEqual([17_000]);
    expect(place.objects.get("a")?.bytes).toEqual(CONTENT);
  });

  it("recordCalls and interceptCalls see every call of a driver", async () => {
    const calls: DriverVerb[] = [];
    const seen: DriverVerb[] = [];
    const filesystem = filesystemWith((driver) =>
      recordCalls(
        interceptCalls(driver, (verb, call) => {
          seen.push(verb);
          return call();
        }),
        calls,
      ),
    );
    await filesystem.write("b", CONTENT);
    for await (const _ of filesystem.list());
    await filesystem.close();
    expect(calls).toEqual(["open", "write", "list", "close"]);
    expect(seen).toEqual(calls);
  });
});

function filesystemWith(
  wrap: (driver: FilesystemDriver) => FilesystemDriver,
  place = new ReferencePlace(),
): Filesystem {
  place.put("a", [CONTENT]);
  return new Filesystem(wrap(new ReferenceDriver(place)));
}
