import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { beforeAll, describe, expect, it } from "vitest";

const packages = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** `npm run build` must have run: plain Node reads what it built. */
describe("a program with only @stowage/core and stowage installed", () => {
  beforeAll(() =>
    run(process.execPath, ["-e", "require.resolve(process.argv[1])", join(packages, "cli/dist/index.js")]),
  );

  it.each([
    ["s3://bucket", "npm install @stowage/s3"],
    ["gs://bucket", "npm install @stowage/gcs @google-cloud/storage"],
    ["file:///srv", "npm install @stowage/local"],
    ["memory:", "npm install @stowage/memory"],
  ])("is told for %s: %s", async (url, command) => {
    const directory = await temporaryDirectory();
    await install(directory, "core", "@stowage/core");
    await install(directory, "cli", "stowage");
    const program = join(directory, "program.mjs");
    await writeFile(
      program,
      `import { openFilesystem } from "stowage";
       await openFilesystem(process.argv[2]).catch((error) => console.log(error.code, error.message));`,
    );

    const { stdout } = await run(process.execPath, [program, url]);

    expect(stdout).toBe(`CONFIG_INVALID url: the driver of this scheme is not installed: ${command}\n`);
  });
});

async function install(directory: string, folder: string, name: string): Promise<void> {
  const target = join(directory, "node_modules", name);
  await mkdir(target, { recursive: true });
  for (const part of ["package.json", "dist"])
    await cp(join(packages, folder, part), join(target, part), { recursive: true });
  for (const dependency of ["croner", "picomatch"])
    await cp(join(packages, "core/node_modules", dependency), join(directory, "node_modules", dependency), {
      recursive: true,
      dereference: true,
    });
}
