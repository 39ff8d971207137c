import { expect, test, vi } from "vitest";
import { s3Filesystem } from "../src/index.ts";

/** What Node says of a package that is not there. */
const MISSING = "Cannot find package '@aws-sdk/client-s3'";

vi.mock("@aws-sdk/client-s3", () => {
  throw new Error(MISSING);
});

test("options are checked without the SDK, which is loaded at first use: CONFIG_INVALID if that fails", async () => {
  expect(() => s3Filesystem({ bucket: "" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  const filesystem = s3Filesystem({ bucket: "backups" });

  await expect(filesystem.stat("a.zip")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    retryable: false,
    message: expect.stringContaining("@aws-sdk/client-s3 cannot be loaded"),
  });
  await filesystem.close();
});

test("a filesystem that was never used is closed without the SDK", async () => {
  await s3Filesystem({ bucket: "backups" }).close();
});
