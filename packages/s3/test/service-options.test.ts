import { expect, it } from "vitest";
import { s3Filesystem } from "../src/index.ts";
import { resolveOptions } from "../src/resolve-options.ts";
import type { S3Options } from "../src/s3-options.ts";

const resolve = (options: Partial<S3Options>) => resolveOptions({ bucket: "b", ...options });

it.each<[Partial<S3Options>, Partial<S3Options>]>([
  [
    { service: "b2", region: "us-west-004" },
    {
      endpoint: "https://s3.us-west-004.backblazeb2.com",
      checksums: "when-required",
      capabilities: { conditionalCreate: false },
    },
  ],
  [{ service: "b2", endpoint: "https://s3.eu-central-003.backblazeb2.com" }, { region: "eu-central-003" }],
  [
    { service: "b2", endpoint: "https://backups.example.org", region: "x" },
    { endpoint: "https://backups.example.org" },
  ],
  [
    { service: "oci", endpoint: "https://ns.compat.objectstorage.eu-zurich-1.oraclecloud.com" },
    { region: "eu-zurich-1" },
  ],
  [
    { service: "r2", endpoint: "https://account.r2.cloudflarestorage.com" },
    { region: "auto", checksums: "when-supported" },
  ],
  [{ service: "r2", endpoint: "https://account.r2.cloudflarestorage.com", region: "wnam" }, { region: "wnam" }],
  [{ service: "storj" }, { endpoint: "https://gateway.storjshare.io" }],
  [
    { service: "cos", region: "ap-guangzhou" },
    { forcePathStyle: false, endpoint: "https://cos.ap-guangzhou.myqcloud.com" },
  ],
  [
    { service: "scaleway", region: "fr-par", partSize: 6_000_000 },
    { maxParts: 1_000, capabilities: { conditionalCreateSize: 6_000_000 } },
  ],
  [
    { service: "b2", region: "r", checksums: "when-supported", capabilities: { conditionalCreate: true } },
    { checksums: "when-supported", capabilities: { conditionalCreate: true } },
  ],
  [{ service: "b2", region: "r", checksums: undefined } as object, { checksums: "when-required" }],
  [
    { service: "aws", region: "eu-west-1" },
    { checksums: "full-object", region: "eu-west-1" },
  ],
])("%j becomes %j", (options, expected) => {
  expect(resolve(options)).toMatchObject(expected);
});

it("a service that is not named changes nothing", () => {
  const endpoint = "https://s3.us-west-004.backblazeb2.com";
  expect(resolve({ endpoint })).toMatchObject({ checksums: "when-supported", maxParts: 10_000 });
  expect(resolve({ endpoint })).not.toHaveProperty("region");
  expect(resolve({ service: "aws" })).not.toHaveProperty("endpoint");
});

it.each([
  ["digitalocaen", /^service: no such service; did you mean digitalocean\?$/],
  ["cloudflare", /^service: no such service; did you mean r2\?$/],
  ["Tencent", /did you mean cos\?$/],
  ["B2", /did you mean b2\?$/],
  ["constructor", /^service: no such service; there are aws, r2/],
  ["b2", /^endpoint or region: Backblaze B2 needs it, such as https:\/\/s3\.<region>\.backblazeb2\.com$/],
  ["oci", /^endpoint: Oracle Cloud needs it/],
  ["minio", /^endpoint: MinIO needs it$/],
])("the service %s alone is refused with what is missing", (service, message) => {
  const open = () => resolve({ service } as Partial<S3Options>);
  expect(open).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) }));
});

it("the largest object is that of the most parts", () => {
  const { limits } = s3Filesystem({ bucket: "b", service: "scaleway", region: "fr-par" }).capabilities;
  expect(limits.objectSize).toBe(512 * 1_024 ** 3);
});
