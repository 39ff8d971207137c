import { expect, test, vi } from "vitest";
import { gcsFilesystem } from "../src/index.ts";

/** What Node says of a package that is not there. */
const MISSING = "Cannot find package '@google-cloud/storage'";

vi.mock("@google-cloud/storage", () => {
  throw new Error(MISSING);
});

test("options are checked without the SDK, which is loaded at first use: CONFIG_INVALID if that fails", async () => {
  expect(() => gcsFilesystem({ bucket: "" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  const filesystem = gcsFilesystem({ bucket: "backups" });

  await expect(filesystem.stat("a.zip")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    retryable: false,
    message: expect.stringContaining("@google-cloud/storage cannot be loaded"),
  });
  await filesystem.close();
});

test("a filesystem that was never used is closed without the SDK", async () => {
  await gcsFilesystem({ bucket: "backups" }).close();
});
