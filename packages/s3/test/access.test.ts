import { inspect } from "node:util";
import { answerWith } from "@stowage/test-kit";
import { expect, it } from "vitest";
import type { S3Options } from "../src/s3-options.ts";
import { startBed } from "./bed.ts";

const secretAccessKey = "hunter2-hunter2-hunter2";

const REFUSALS: [
  what: string,
  options: (bed: Awaited<ReturnType<typeof startBed>>) => Partial<S3Options>,
  code: string,
][] = [
  ["a missing bucket", () => ({ bucket: "no-such-bucket" }), "BUCKET_NOT_FOUND"],
  ["a wrong secret", ({ server }) => ({ credentials: { ...server.credentials, secretAccessKey } }), "UNAUTHENTICATED"],
  ["an unknown user", () => ({ credentials: { accessKeyId: "AKIANOBODY", secretAccessKey } }), "UNAUTHENTICATED"],
  ["a user without permission", ({ server }) => ({ credentials: server.deniedCredentials }), "PERMISSION_DENIED"],
  ["a closed port", () => ({ endpoint: "http://127.0.0.1:1" }), "UNAVAILABLE"],
];

it.each(REFUSALS)("%s is told from all else, and no secret with it", async (_, options, code) => {
  const bed = await startBed();
  const filesystem = bed.open(options(bed));

  const error: unknown = await filesystem.open().catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code, retryable: code === "UNAVAILABLE" });
  const shown = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), (error as Error).stack].join(
    "\n",
  );
  for (const secret of [secretAccessKey, bed.server.credentials.secretAccessKey, "Signature="])
    expect(shown).not.toContain(secret);
});

it("what a service echoes of a request does not reach the error", async () => {
  const { proxy, open } = await startBed();
  const canonical = "x-amz-security-token:hunter2";
  const body = `<Error><Code>SignatureDoesNotMatch</Code><Message>no match</Message><CanonicalRequest>${canonical}</CanonicalRequest></Error>`;
  proxy.inject({ match: () => true, fault: answerWith(403, body, { "content-type": "application/xml" }) });

  const error: unknown = await open()
    .open()
    .catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: "UNAUTHENTICATED" });
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("hunter2");
});

it("a clock that stays wrong is told from a wrong secret", async () => {
  const { proxy, open } = await startBed();
  const message = "The difference between the request time and the current time is too large.";
  const answer = `<Error><Code>RequestTimeTooSkewed</Code><Message>${message}</Message></Error>`;
  proxy.inject({ match: () => true, fault: answerWith(403, answer) });

  await expect(open().open()).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    message: expect.stringContaining(message),
  });
});

it("a bucket that vanishes is not taken for a missing key", async () => {
  const { server, open } = await startBed();
  const filesystem = open();
  await expect(filesystem.stat("key")).rejects.toMatchObject({ code: "NOT_FOUND" });
  server.removeBucket();

  await expect(filesystem.stat("key")).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  await expect(filesystem.exists("key")).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  await expect(filesystem.read("key")).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  await expect(filesystem.delete("key")).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
});
