import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Filesystem } from "@stowage/core";
import { MemoryDriver } from "@stowage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { openFilesystem } from "../src/index.ts";

const NO_ENVIRONMENT = { environment: {} };

describe("a file URL", () => {
  it("opens a directory of this host, whatever its name", async () => {
    const directory = await mkdtemp(join(tmpdir(), "stowage url? #%-"));
    onTestFinished(() => rm(directory, { recursive: true }));

    const filesystem = await openFilesystem(pathToFileURL(directory).href, NO_ENVIRONMENT);

    expect(filesystem).toMatchObject({ kind: "local", directory });
  });

  it.each([
    "file:backups",
    "file:./backups",
    "file:/backups",
    "file://backups/a",
    "file:///a%2Fb",
    "file:///a?mode=0700",
  ])("is refused as %s", (url) =>
    expect(openFilesystem(url, NO_ENVIRONMENT)).rejects.toMatchObject({ code: "CONFIG_INVALID" }),
  );
});

describe("a memory URL", () => {
  it("is the same storage for every caller that gives the same name", async () => {
    const name = `memory:${crypto.randomUUID()}`;
    const [one, two, other] = await Promise.all([name, name, `${name}-b`].map((url) => openFilesystem(url)));
    await one?.write("a", Buffer.from("x"));

    expect([await two?.exists("a"), await other?.exists("a")]).toEqual([true, false]);
  });

  it("keeps what it holds when a caller closes its filesystem", async () => {
    const name = `memory:${crypto.randomUUID()}`;
    const one = await openFilesystem(name);
    await one.write("a", Buffer.from("x"));
    await one.close();

    expect(await (await openFilesystem(name)).exists("a")).toBe(true);
  });

  it("is nobody else's without a name", async () => {
    const [one, two] = [await openFilesystem("memory:"), await openFilesystem("memory:")];
    await one.write("a", Buffer.from("x"));

    expect(await two.exists("a")).toBe(false);
  });

  it.each(["memory://name", "memory:/name", "memory:name?size=1"])("is refused as %s", (url) =>
    expect(openFilesystem(url)).rejects.toMatchObject({ code: "CONFIG_INVALID" }),
  );
});

describe("a scheme of one's own", () => {
  it("gets the URL and the environment", async () => {
    const seen: unknown[] = [];
    const azure = (url: URL, environment: unknown) => {
      seen.push(url.href, environment);
      return new Filesystem(new MemoryDriver());
    };
    const environment = { AZURE_KEY: "secret" };

    const filesystem = await openFilesystem("azure://account/container", { environment, schemes: { azure } });

    expect(filesystem.kind).toBe("memory");
    expect(seen).toEqual(["azure://account/container", environment]);
  });

  it("may take the place of a built-in one, for that call only", async () => {
    const own = new Filesystem(new MemoryDriver());

    expect(await openFilesystem("s3://bucket", { schemes: { s3: () => own } })).toBe(own);
    expect((await openFilesystem("s3://bucket", NO_ENVIRONMENT)).kind).toBe("s3");
  });

  it("is refused if it makes no filesystem", async () => {
    const schemes = { azure: () => ({}) as Filesystem };

    await expect(openFilesystem("azure:", { schemes })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("schemes.azure"),
    });
  });
});

describe("a URL", () => {
  it.each(["", "backups", "/srv/backups", "ftp://host/path", "constructor:x", "C:\\backups"])(
    "of no known scheme is refused, with the schemes that there are: %s",
    (url) =>
      expect(openFilesystem(url)).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        message: "url: it starts with none of file:, memory:, s3:, gs:",
      }),
  );

  it.each([
    "file://hunter2:hunter2@/srv",
    "s3://hunter2:hunter2@bucket/prefix",
    "s3://hunter2@bucket/prefix",
    "gs://:hunter2@bucket",
    "gs://bucket#hunter2",
    "hunter2:hunter2@bucket",
    "s3://buck et/hunter2",
    "s3://bucket?secretAccessKey=hunter2",
    "s3://bucket?hunter2-token&accessKeyId=hunter2",
    "s3://bucket?secretAccessKey=hunter2&secretAccessKey=hunter2",
    "s3://bucket?endpoint=http://user:hunter2@host",
    "s3://bucket?region=us&forcePathStyle=hunter2",
    "s3://bucket?partSize=hunter2",
    "s3://bucket?checksums=hunter2",
    "gs://bucket?credentials=hunter2",
    "gs://bucket?chunkSize=hunter2",
    "memory:?password=hunter2",
    "file:///srv?token=hunter2",
  ])("with credentials or a wrong value is refused, and not shown: %s", async (url) => {
    const error = await openFilesystem(url, NO_ENVIRONMENT).catch((thrown) => thrown);

    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect([error.message, error.stack, JSON.stringify(error), String(error.cause)].join()).not.toContain("hunter2");
  });

  it("of a file takes create, true or false, and nothing else", async () => {
    for (const create of ["true", "false"]) {
      await expect(openFilesystem(`file:///srv/x?create=${create}`, NO_ENVIRONMENT)).resolves.toMatchObject({
        kind: "local",
      });
    }
    for (const query of ["create=no", "create=", "creat=false"]) {
      const opening = openFilesystem(`file:///srv/x?${query}`, NO_ENVIRONMENT);
      await expect(opening, query).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        message: expect.stringContaining("create"),
      });
    }
  });

  it("with unknown parameters is refused, and they are named", async () => {
    await expect(openFilesystem("s3://bucket?endpiont=http://a&colour=red", NO_ENVIRONMENT)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/unknown parameter endpiont, colour; it takes service, endpoint, region/),
    });
  });
});

it.each<[string, unknown, RegExp]>([
  ["no function", { azure: "@azure/storage-blob" }, /^schemes\.azure: not a function/],
  ["upper case", { Azure: () => new Filesystem(new MemoryDriver()) }, /^schemes: "Azure" is no scheme/],
  ["a colon", { "azure:": () => new Filesystem(new MemoryDriver()) }, /^schemes: "azure:" is no scheme/],
  ["a list", [() => new Filesystem(new MemoryDriver())], /^schemes: "0" is no scheme/],
])("schemes with %s are refused, whatever the URL is", async (_flaw, schemes, message) => {
  for (const url of ["memory:", "azure://container"]) {
    const opening = openFilesystem(url, { ...NO_ENVIRONMENT, schemes: schemes as never });
    await expect(opening).rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(message) });
  }
});
