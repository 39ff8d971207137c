import { answerWith } from "@stowage/test-kit";
import { describe, expect, it } from "vitest";
import { authorizedExchange } from "../src/http/authorized-exchange.ts";
import { isDownload, makeGcsBed } from "./gcs-bed.ts";

const NO_RETRY = { retry: { attempts: 1 } };
const CONTENT = Buffer.from("hello");

describe("a page for people instead of an answer", () => {
  const page = (title: string) => `<html>\r\n<head><title>${title}</title></head><body><hr>nginx</body></html>`;

  it.each([
    ["POST", 413, "CONFIG_INVALID", /HTTP 413 \(text\/html\): .*lower chunkSize, or raise its limit/],
    ["POST", 417, "CONFIG_INVALID", /HTTP 417 \(text\/html\): .*proxy/],
    ["POST", 502, "UNAVAILABLE", /HTTP 502 \(text\/html\): .*proxy/],
    ["POST", 200, "UNAVAILABLE", /HTTP 200 \(text\/html\): .*another program at this endpoint/],
    ["GET", 403, "PERMISSION_DENIED", /HTTP 403 \(text\/html\): .*proxy/],
    ["GET", 404, "INTERNAL", /HTTP 404 \(text\/html\): .*proxy/],
    ["GET", 200, "UNAVAILABLE", /HTTP 200 \(text\/html\): .*another program at this endpoint/],
  ] as const)("to %s, %i, is told by status and type, with what to do", async (method, status, code, message) => {
    const { proxy, open } = await makeGcsBed();
    const fault = answerWith(status, page(`${status} of a proxy`), { "content-type": "text/html; charset=utf-8" });
    proxy.inject({ match: (request) => request.method === method, fault });
    const filesystem = open(NO_RETRY);

    const call = method === "POST" ? filesystem.write("a", CONTENT) : filesystem.stat("a");

    await expect(call).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("is told where it comes in place of a download", async () => {
    const { proxy, filesystem, open } = await makeGcsBed();
    await filesystem.write("a", CONTENT);
    const headers = { "content-type": "text/html" };
    proxy.inject({ match: isDownload, fault: answerWith(200, page("Welcome"), headers) });

    await expect(open(NO_RETRY).read("a")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/HTTP 200 \(text\/html\): .*another program at this endpoint/),
    });
  });

  it("is none where a download is refused in plain text that calls itself HTML", async () => {
    const { filesystem } = await makeGcsBed();
    await expect(filesystem.read("none")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a clock that is off", () => {
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toUTCString();
  const refused = JSON.stringify({
    error: { code: 401, message: "Invalid Credentials", errors: [{ reason: "authError" }] },
  });

  it.each([
    [-61, /; the clock of this host is 61 minutes ahead of the service's: set it right/],
    [200, /; the clock of this host is 200 minutes behind the service's: set it right/],
    [1, /Invalid Credentials \(HTTP 401\)$/],
  ])("by %i minutes is named where a token is refused", async (minutes, message) => {
    const { proxy, open } = await makeGcsBed();
    proxy.inject({ match: () => true, fault: answerWith(401, refused, { date: inMinutes(minutes) }) });

    await expect(open(NO_RETRY).stat("a")).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["an object, as in SDK 7", (date: string) => ({ date })],
    ["Headers, as in SDK 8", (date: string) => new Headers({ date })],
  ])("is named where no token can be had, with headers that are %s", async (_, headersOf) => {
    const response = { status: 400, data: { error: "invalid_grant" }, headers: headersOf(inMinutes(-90)) };
    const authClient = { request: () => Promise.reject(Object.assign(new Error("no token"), { response })) };
    const request = {
      signal: new AbortController().signal,
      url: new URL("http://host"),
      headers: {},
      idleTimeoutMs: 1_000,
    };

    await expect(authorizedExchange(authClient as never, request as never)).rejects.toMatchObject({
      kind: "credentials",
      message: expect.stringMatching(/no token can be had: invalid_grant; the clock of this host is 90 minutes ahead/),
    });
  });
});
