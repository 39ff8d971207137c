import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type GcsServer, type S3Server, startGcsServer, startS3Server } from "@stowage/test-kit";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Environment, openFilesystem } from "../src/index.ts";

let s3: S3Server;
let gcs: GcsServer;

beforeAll(async () => {
  s3 = await startS3Server();
  gcs = await startGcsServer();
});
afterAll(async () => {
  await s3.close();
  await gcs.close();
});

describe("an s3 URL", () => {
  it("opens a folder of a bucket, with credentials from the environment", async () => {
    const filesystem = await open(`${s3Url("a/b c")}&partSize=5242880&region=us-east-1`, s3Environment());

    expect(filesystem.capabilities.limits.partSize).toBe(5_242_880);
    expect(await roundTrip(filesystem)).toBe("hello");
    const whole = await open(s3Url("a/b%20c"), s3Environment());
    expect(await whole.exists("key")).toBe(true);
    expect(await (await open(s3Url(""), s3Environment())).exists("key")).toBe(false);
  });

  it("takes credentials from files", async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = s3Environment();
    const environment = {
      AWS_ACCESS_KEY_ID_FILE: await secretFile(`${AWS_ACCESS_KEY_ID}\n`),
      AWS_SECRET_ACCESS_KEY_FILE: await secretFile(String(AWS_SECRET_ACCESS_KEY)),
    };

    expect(await roundTrip(await open(s3Url("files"), environment))).toBe("hello");
  });

  it("declares what its parameters take back", async () => {
    const url = "s3://bucket?conditionalCreate=false&conditionalCreateSize=100&serverSideEncryption=aws:kms";

    const { capabilities } = await openFilesystem(url, { environment: {} });

    expect(capabilities).toMatchObject({ conditionalCreate: false, limits: { conditionalCreateSize: 100 } });
  });

  it("retains backups for a number of days, in one of two modes", async () => {
    const url = `${s3Url("retained")}&objectLockMode=governance&objectLockDays=30`;

    await expect((await open(url, s3Environment())).open()).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("no object lock"),
    });
  });

  it.each([
    "objectLockMode=governance",
    "objectLockDays=30",
    "objectLockMode=none&objectLockDays=30",
    "objectLockMode=governance&objectLockDays=0",
  ])("is refused with %s", (parameters) =>
    expect(openFilesystem(`s3://bucket?${parameters}`, { environment: {} })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("objectLock"),
    }),
  );

  it.each<[string, Environment]>([
    ["AWS_SECRET_ACCESS_KEY", { AWS_ACCESS_KEY_ID: "hunter2" }],
    ["AWS_ACCESS_KEY_ID", { AWS_SECRET_ACCESS_KEY: "hunter2" }],
    ["AWS_SECRET_ACCESS_KEY_FILE", { AWS_SECRET_ACCESS_KEY: "hunter2", AWS_SECRET_ACCESS_KEY_FILE: "/hunter2" }],
    ["AWS_SECRET_ACCESS_KEY_FILE", { AWS_ACCESS_KEY_ID: "hunter2", AWS_SECRET_ACCESS_KEY_FILE: "/hunter2" }],
  ])("is refused for a wrong %s, whose value is not shown", async (name, environment) => {
    const error = await openFilesystem("s3://bucket", { environment }).catch((thrown) => thrown);

    expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(name) });
    expect([error.message, error.stack, String(error.cause)].join()).not.toContain("hunter2");
  });

  it.each([
    "s3:",
    "s3://",
    "s3:///prefix",
    "s3:bucket",
    "s3://bucket:80/a",
    "s3://bucket/%ff",
    "s3://bucket/a/../%2e./b%5C",
  ])("is refused as %s", (url) =>
    expect(openFilesystem(url, { environment: {} })).rejects.toMatchObject({ code: "CONFIG_INVALID" }),
  );
});

describe("a gs URL", () => {
  it("opens a folder of a bucket, with the JSON of a key from the environment", async () => {
    const environment = { STOWAGE_GCS_CREDENTIALS: JSON.stringify(gcs.credentials) };

    const filesystem = await open(gcsUrl("a/b"), environment);

    expect(filesystem.capabilities.signedUrls).toBe(true);
    expect(await roundTrip(filesystem)).toBe("hello");
  });

  it.each(["STOWAGE_GCS_CREDENTIALS_FILE", "GOOGLE_APPLICATION_CREDENTIALS"])(
    "takes a key's file by %s",
    async (name) => {
      const environment = { [name]: await secretFile(JSON.stringify(gcs.credentials)) };

      expect(await roundTrip(await open(gcsUrl(name), environment))).toBe("hello");
    },
  );

  it("is asked without credentials at another endpoint", async () => {
    const filesystem = await open(gcsUrl("none"), {});

    await expect(filesystem.open()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it.each<[string, Environment]>([
    ["STOWAGE_GCS_CREDENTIALS", { STOWAGE_GCS_CREDENTIALS: "hunter2" }],
    ["STOWAGE_GCS_CREDENTIALS", { STOWAGE_GCS_CREDENTIALS: '"hunter2"' }],
    ["GOOGLE_APPLICATION_CREDENTIALS", { GOOGLE_APPLICATION_CREDENTIALS: "/hunter2" }],
  ])("is refused for a wrong %s, whose value is not shown", async (name, environment) => {
    const error = await openFilesystem("gs://bucket", { environment }).catch((thrown) => thrown);

    expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(name) });
    expect([error.message, error.stack, String(error.cause)].join()).not.toContain("hunter2");
  });
});

async function open(url: string, environment: Environment) {
  const filesystem = await openFilesystem(url, { environment });
  onTestFinished(() => filesystem.close());
  return filesystem;
}

async function roundTrip(filesystem: Awaited<ReturnType<typeof openFilesystem>>): Promise<string> {
  await filesystem.write("key", Buffer.from("hello"));
  const { content } = await filesystem.read("key");
  return Buffer.concat(await content.toArray()).toString();
}

function s3Url(prefix: string): string {
  return `s3://${s3.bucket}/${prefix}?endpoint=${encodeURIComponent(s3.endpoint)}`;
}

function s3Environment(): Environment {
  const { accessKeyId, secretAccessKey } = s3.credentials;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

function gcsUrl(prefix: string): string {
  return `gs://${gcs.bucket}/${prefix}?apiEndpoint=${gcs.apiEndpoint}&projectId=test`;
}

async function secretFile(text: string): Promise<string> {
  const directory = await temporaryDirectory();
  const path = join(directory, "secret");
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
