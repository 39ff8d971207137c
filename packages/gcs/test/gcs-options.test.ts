import { describe, expect, it } from "vitest";
import { type GcsOptions, gcsFilesystem } from "../src/index.ts";

const KEY = { client_email: "someone@example.com", private_key: "a secret" };

describe("gcsFilesystem", () => {
  const wrong: [option: string, options: Partial<GcsOptions>][] = [
    ["bucket", { bucket: "" }],
    ["bucket", { bucket: "a/b" }],
    ["bucket", { bucket: "gs://a-secret" }],
    ["bucket", { bucket: undefined } as object],
    ["idleTimeoutMs", { idleTimeoutMs: 2 ** 31 }],
    ["connectTimeoutMs", { connectTimeoutMs: Number.POSITIVE_INFINITY }],
    ["credentials: not an object", { credentials: "a-secret.json" } as object],
    ["keyFilename: no such option", { keyFilename: "a-secret.json" } as object],
    ["chunkSize", { chunkSize: 1_000_000 }],
    ["chunkSize", { chunkSize: 0 }],
    ["idleTimeoutMs", { idleTimeoutMs: 0 }],
    ["connectTimeoutMs", { connectTimeoutMs: Number.NaN }],
    ["apiEndpoint", { apiEndpoint: "localhost" }],
    ["apiEndpoint", { apiEndpoint: "ftp://localhost" }],
    ["apiEndpoint", { apiEndpoint: "http://user:a-secret@localhost" }],
    ["prefix", { prefix: "a/../b" }],
    ["prefix", { prefix: "a//b" }],
    ["prefix", { prefix: "a\nb" }],
    ["prefix", { prefix: "p".repeat(784) }],
    ["did you mean projectId?", { projectID: "a-secret" } as object],
    ["retry.attempt: no such option; did you mean attempts?", { retry: { attempt: 1 } } as object],
    ["signedUrls: not true or false", { signedUrls: "yes" } as object],
  ];

  it.each(wrong)("refuses a wrong %s by its name, and does not repeat it", (option, options) => {
    const create = () => gcsFilesystem({ bucket: "bucket", ...options });
    expect(create).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(option) }),
    );
    expect(create).not.toThrow(/a-secret/);
  });

  it("declares signed URLs only for credentials that hold a key", () => {
    const declared = (options: Partial<GcsOptions>) =>
      gcsFilesystem({ bucket: "bucket", ...options }).capabilities.signedUrls;
    expect(declared({})).toBe(false);
    expect(declared({ credentials: KEY })).toBe(true);
    expect(declared({ signedUrls: true })).toBe(true);
    expect(declared({ credentials: KEY, signedUrls: false })).toBe(false);
  });

  it("declares the size of a chunk as the size of a part", () => {
    const { limits } = gcsFilesystem({ bucket: "bucket", chunkSize: 512 * 1024 }).capabilities;
    expect(limits.partSize).toBe(512 * 1024);
  });
});
