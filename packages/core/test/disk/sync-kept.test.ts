import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { syncIfKept } from "../../src/disk/sync-kept.ts";

let warnings: string[] = [];

beforeEach(() => {
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(String(warning)));
});
afterEach(() => void vi.restoreAllMocks());

it("a file system that has no sync of directories is told of once, and fails nothing", async () => {
  for (const code of ["EINVAL", "ENOTSUP", "ENOSYS", "EPERM"]) await syncIfKept("/mounted", failing(code));

  expect(warnings).toEqual([expect.stringContaining("/mounted does not make names durable (EINVAL)")]);
});

it.each(["EIO", "ENOSPC", "EDQUOT", "EROFS", "EACCES"])("a sync that fails with %s fails", async (code) => {
  await expect(syncIfKept("/mounted", failing(code))).rejects.toMatchObject({ code });
  expect(warnings).toEqual([]);
});

function failing(code: string): () => Promise<void> {
  return async () => {
    throw Object.assign(new Error(code), { code });
  };
}
