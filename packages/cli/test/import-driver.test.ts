import { describe, expect, it } from "vitest";
import { importDriver } from "../src/import-driver.ts";

const PACKAGES = ["@stowage/gcs", "@google-cloud/storage"];

/** What Node throws for `import("name")` when there is no such package. */
function notFound(name: string): Error {
  const message = `Cannot find package '${name}' imported from /app/node_modules/stowage/dist/index.js`;
  return Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
}

describe("a driver", () => {
  it("is what the import resolves with", async () => {
    expect(await importDriver(PACKAGES, async () => "the module")).toBe("the module");
  });

  it.each(PACKAGES)(
    "that is not installed, or misses %s, is refused with the command that installs it",
    async (name) => {
      const cause = notFound(name);

      const importing = importDriver(PACKAGES, () => Promise.reject(cause));

      await expect(importing).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        message: expect.stringMatching(/npm install @stowage\/gcs @google-cloud\/storage$/),
        cause,
      });
    },
  );

  it.each([notFound("left-pad"), new Error("Cannot find package '@stowage/gcs'"), new SyntaxError("broken")])(
    "that is installed and cannot be loaded fails as it is: %s",
    (error) => expect(importDriver(PACKAGES, () => Promise.reject(error))).rejects.toBe(error),
  );
});
