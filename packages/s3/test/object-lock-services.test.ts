import { answerWith, type Fault } from "@stowage/test-kit";
import { describe, expect, it } from "vitest";
import { pattern, startBed } from "./bed.ts";
import {
  DAY_MS,
  errorOf,
  isConfiguration,
  isHead,
  isPut,
  isRetention,
  objectLock,
  REFUSALS,
  RETAINING,
  SHAPES,
} from "./object-lock-bed.ts";

describe.each(SHAPES)("a service that ignores the retention of what is sent in %s", (_, content) => {
  it("is told of it once more, for that version", async () => {
    const { server, open } = await startBed({ objectLock: {} });
    server.ignoreRetentions(1);

    await open({ objectLock }).write("a.zip", content, { ifNotExists: true });

    expect(server.versions("a.zip").map(({ object }) => object?.retention?.mode)).toEqual(["COMPLIANCE"]);
    expect(server.requests.filter(isRetention)).toHaveLength(1);
  });

  it("is told of it once more where the credentials may not look", async () => {
    const { server, proxy, open } = await startBed({ objectLock: {} });
    proxy.inject({ match: isHead, fault: errorOf(403, "AccessDenied") });

    await open({ objectLock }).write("a.zip", content, { ifNotExists: true });

    expect(server.requests.filter(isRetention)).toHaveLength(1);
    expect(server.keys()).toEqual(["a.zip"]);
  });

  it("keeps no object that it does not retain", async () => {
    const { server, proxy, open } = await startBed({ objectLock: {} });
    server.ignoreRetentions(1);
    proxy.inject({ match: isRetention, fault: errorOf(501, "NotImplemented") });
    const filesystem = open({ objectLock });

    await expect(filesystem.write("a.zip", content)).rejects.toMatchObject({ code: "UNSUPPORTED" });

    expect(await filesystem.exists("a.zip")).toBe(false);
  });

  it("has time for it after an abort", async () => {
    const { server, proxy, open } = await startBed({ objectLock: {} });
    server.ignoreRetentions(1);
    const controller = new AbortController();
    proxy.inject({
      match: isRetention,
      times: 1,
      fault: async (exchange) => {
        controller.abort();
        const answer = await exchange.forward();
        exchange.writeHead(answer);
        answer.pipe(exchange.response);
      },
    });

    const write = open({ objectLock }).write("a.zip", content, { signal: controller.signal });

    await write.catch(() => {});
    expect(server.versions("a.zip").map(({ object }) => object?.retention?.mode)).toEqual(["COMPLIANCE"]);
  });
});

describe("a bucket that cannot lock", () => {
  it.each([
    ["one without object lock", undefined, "CONFIG_INVALID"],
    ["a service without it", errorOf(501, "NotImplemented"), "CONFIG_INVALID"],
    ["a service that answers with a list", answerWith(200, "<ListBucketResult></ListBucketResult>"), "CONFIG_INVALID"],
    ["a service that is down", errorOf(503, "ServiceUnavailable"), "UNAVAILABLE"],
  ])("is told when it is opened: %s", async (_, fault, code) => {
    const { proxy, server, open } = await startBed();
    if (fault) proxy.inject({ match: isConfiguration, fault });

    const write = open({ objectLock }).write("a.zip", pattern(3));

    await expect(write).rejects.toMatchObject({ code });
    if (code === "CONFIG_INVALID") await expect(write).rejects.toThrow(/objectLock: .*enable it for the bucket/);
    expect(server.requests.filter(isPut)).toEqual([]);
  });

  it("is told by the first write where the credentials may not ask", async () => {
    const { proxy, open } = await startBed({ versioned: true });
    proxy.inject({ match: isConfiguration, fault: errorOf(403, "AccessDenied") });

    const write = open({ objectLock }).write("a.zip", pattern(3));

    await expect(write).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(write).rejects.toThrow(/leave objectLock out/);
  });

  it("costs one that does not set the option no question", async () => {
    const { server, open } = await startBed();
    await open().write("a.zip", pattern(3), { ifNotExists: true });
    expect(server.requests.filter(isConfiguration)).toEqual([]);
  });
});

it("a bucket that retains by its own rule wants checksums, and the message says so", async () => {
  const { open } = await startBed(RETAINING);
  for (const [, content] of SHAPES) {
    const write = open({ checksums: "when-required" }).write("a.zip", content);
    await expect(write).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(write).rejects.toThrow(/leave checksums: "when-required" out/);
  }
});

describe("a service that refuses by itself, without versions", () => {
  it.each(REFUSALS)("is understood: %s", async (_, fault) => {
    const { proxy, server, open } = await startBed();
    const filesystem = open();
    await filesystem.write("a.zip", pattern(3));
    proxy.inject({ match: ({ method }) => method !== "HEAD", fault });
    const refused = { code: "PERMISSION_DENIED", retryable: false };

    await expect(filesystem.delete("a.zip")).rejects.toMatchObject(refused);
    for (const [, content] of SHAPES) {
      await expect(filesystem.write("a.zip", content)).rejects.toMatchObject(refused);
      const create = filesystem.write("a.zip", content, { ifNotExists: true });
      await expect(create).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    }

    expect(server.keys()).toEqual(["a.zip"]);
  });
});

it("a refusal by a service of which versions are unknown is told with its end, too", async () => {
  const { proxy, open } = await startBed();
  const filesystem = open();
  await filesystem.write("a.zip", pattern(3));
  const [, [, refusal]] = REFUSALS as [unknown, [string, Fault]];
  proxy.inject({ match: isPut, fault: refusal });
  const end = new Date(Math.floor(Date.now() / 1_000) * 1_000 + DAY_MS).toISOString();
  proxy.inject({
    match: isHead,
    fault: async (exchange) => {
      const answer = await exchange.forward();
      answer.headers["x-amz-object-lock-mode"] = "COMPLIANCE";
      answer.headers["x-amz-object-lock-retain-until-date"] = end;
      exchange.writeHead(answer);
      exchange.response.end();
    },
  });

  await expect(filesystem.write("a.zip", pattern(4))).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    message: expect.stringContaining(`until ${end} (COMPLIANCE)`),
  });
});
