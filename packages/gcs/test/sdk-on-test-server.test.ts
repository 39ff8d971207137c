import { Storage } from "@google-cloud/storage";
import { startGcsServer } from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";

/** The SDK's own methods agree with the test server, which is not made to fit our driver alone. */
it.each([
  ["in one request", false],
  ["resumably", true],
])("the SDK stores an object %s, reads it with its checksums, lists, signs and deletes it", async (_, resumable) => {
  const server = await startGcsServer();
  onTestFinished(() => server.close());
  const { apiEndpoint, credentials } = server;
  const storage = new Storage({
    apiEndpoint,
    credentials,
    useAuthWithCustomEndpoint: true,
    retryOptions: { autoRetry: false },
  });
  storage.authClient.useJWTAccessWithScope = true;
  const bucket = storage.bucket(server.bucket);
  const bytes = Buffer.alloc(700_000, "stowage ");

  // SDK 7.22 forgets the credentials of a custom endpoint when it starts a resumable upload by itself
  const uri = resumable ? (await bucket.file("a/b.zip").createResumableUpload())[0] : undefined;
  await bucket.file("a/b.zip").save(bytes, { resumable, uri, chunkSize: 256 * 1024, contentType: "application/zip" });
  const [downloaded] = await bucket.file("a/b.zip").download({ validation: "crc32c" });
  expect(downloaded.equals(bytes)).toBe(true);

  const [metadata] = await bucket.file("a/b.zip").getMetadata();
  expect(metadata).toMatchObject({ size: "700000", crc32c: expect.any(String) });
  const taken = bucket.file("a/b.zip").save("x", { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } });
  await expect(taken).rejects.toMatchObject({ code: 412 });

  const [files] = await bucket.getFiles({ maxResults: 1 });
  expect(files.map(({ name }) => name)).toEqual(["a/b.zip"]);
  const [url] = await bucket
    .file("a/b.zip")
    .getSignedUrl({ version: "v4", action: "read", expires: Date.now() + 60_000 });
  expect((await fetch(url)).status).toBe(200);
  await bucket.file("a/b.zip").delete();
  expect(await bucket.file("a/b.zip").exists()).toEqual([false]);
});
