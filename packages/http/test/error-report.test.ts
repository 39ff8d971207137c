import { expect, it, vi } from "vitest";
import { redactedUrl, reportError } from "../src/error-report.ts";
import { makeBed } from "./bed/bed.ts";

const SECRETS = ["hunter2", "s3cr3t"];

it("a URL is logged without the values of its query", () => {
  expect(redactedUrl("http://localhost/api/backups/a.zip?token=hunter2&fields=s3cr3t&%74oken=x")).toBe(
    "/api/backups/a.zip?token=***&fields=***",
  );
  expect(redactedUrl("http://localhost/api/backups")).toBe("/api/backups");
});

it("the log of last resort says what happened, and holds no token", () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const cause = Object.assign(new Error("GET /a.zip?token=hunter2&x=1 failed"), {
    headers: { authorization: "s3cr3t" },
  });

  const id = reportError(new Error("no answer", { cause }), new Request("http://x/api/backups?token=hunter2"));

  const text = String(log.mock.calls);
  log.mockRestore();
  for (const part of [
    id,
    "GET /api/backups?token=***",
    "Error: no answer",
    "error-report.test.ts",
    "caused by Error",
  ]) {
    expect(text).toContain(part);
  }
  for (const secret of SECRETS) expect(text).not.toContain(secret);
});

it("an onError that throws does not reach the client", async () => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const onError = () => {
    throw new Error("the log is full");
  };
  const filesystem = () => Promise.reject(new Error("down"));
  const { send } = await makeBed({ manager: { filesystem }, handler: { onError } });

  expect((await send("GET", "/api/backups")).status).toBe(400);

  expect(warnings).toHaveBeenCalledWith(expect.objectContaining({ message: "the log is full" }));
  warnings.mockRestore();
});
