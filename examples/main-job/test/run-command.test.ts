import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { makeDataDirectory } from "../src/make-data-directory.ts";
import { runCommand } from "../src/run-command.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

interface Run {
  readonly exitCode: number;
  readonly text: string;
  /** The work directories that are left. */
  readonly left: readonly string[];
}

/** Runs the command with a temporary directory of its own; `onText` sees everything it writes. */
async function run(args: readonly string[], onText: (text: string) => void = () => {}): Promise<Run> {
  const startedIn = await temporaryDirectory();
  vi.stubEnv("TMPDIR", startedIn);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  let text = "";
  const write = (written: string): void => {
    text += written;
    onText(written);
  };
  const exitCode = await runCommand({ args, startedIn, screen: { write }, signal: new AbortController().signal });
  return { exitCode, text, left: await readdir(startedIn) };
}

async function dataDirectory(): Promise<string> {
  const directory = join(await temporaryDirectory(), "data");
  await makeDataDirectory(directory, { seed: 3, files: 120, size: 2_000_000 });
  return directory;
}

test("a directory comes back, its archive stays, and the restored copy goes", async () => {
  const directory = await dataDirectory();

  const { exitCode, text, left } = await run([directory]);

  expect(text).toContain("Everything came back.");
  expect(text).toMatch(/memory {3}[\d.]+ MB at its peak/);
  expect(exitCode).toBe(0);
  expect(left).toHaveLength(1);
  const archive = text.match(/archive {2}(.*\.zip)/)?.[1] ?? "";
  expect(await readdir(join(archive, "../.."))).toEqual(["backups"]);
});

test("what did not come back is told exactly, and then not everything is said to have come back", async () => {
  const directory = await dataDirectory();
  await symlink("store.db", join(directory, "link"));
  await symlink("/etc/hostname", join(directory, "link-to-elsewhere"));
  await mkdir(join(directory, "backups"));
  await writeFile(join(directory, "backups", "old.zip"), "PK");
  await mkdir(join(directory, ".stowage"));
  const server = createServer().listen(join(directory, "app.sock"));
  await once(server, "listening");
  onTestFinished(() => void server.close());

  const { exitCode, text } = await run([directory]);

  expect(text).not.toContain("Everything came back");
  const told = text.slice(text.indexOf("Not in it")).match(/^ {2}"(.*)" \(.*\)$/gm);
  expect(told).toEqual([
    '  ".stowage" (belongs to Stowage)',
    '  "app.sock" (socket)',
    '  "backups" (excluded)',
    '  "link-to-elsewhere" (link-outside)',
  ]);
  expect(exitCode).toBe(0);
});

test("a storage that lies in the directory is told, too", async () => {
  const directory = await dataDirectory();
  await mkdir(join(directory, "deep"));

  const { exitCode, text } = await run([directory, "--to", `file://${join(directory, "deep", "bk")}`]);

  expect(text).not.toContain("Everything came back");
  expect(text).toContain('"deep/bk" (holds the backups)');
  expect(exitCode).toBe(0);
});

test("a folder called backups that holds more than archives comes back", async () => {
  const directory = await dataDirectory();
  await mkdir(join(directory, "backups"));
  await writeFile(join(directory, "backups", "notes.txt"), "precious");

  const { exitCode, text } = await run([directory]);

  expect(text).toContain("Everything came back.");
  expect(exitCode).toBe(0);
});

test("a copy that is not the same is exit code 1, names the file, and is kept", async () => {
  const directory = await dataDirectory();

  const { exitCode, text, left } = await run([directory], (written) => {
    if (written.startsWith("  restore ") && written.includes("entries"))
      appendFileSync(join(directory, "empty.txt"), "x");
  });

  expect(text).toContain("empty.txt has 1 bytes, and was restored with 0");
  expect(exitCode).toBe(1);
  expect(await readdir(join(process.env.TMPDIR ?? "", left[0] ?? ""))).toContain("restored");
});

test("a failure is exit code 1, says why, and leaves nothing behind", async () => {
  const directory = await dataDirectory();

  const { exitCode, text, left } = await run([directory], (written) => {
    if (written.startsWith("  list ")) throw new Error("the screen broke");
  });

  expect(text).toContain("It did not work: the screen broke");
  expect(exitCode).toBe(1);
  expect(left).toEqual([]);
});

test("with --to, the archive lies in that storage and nothing stays here", async () => {
  const storage = await temporaryDirectory();

  const { exitCode, text, left } = await run([await dataDirectory(), "--to", `file://${storage}`]);

  expect(text).toContain(`in file://${storage}`);
  expect(exitCode).toBe(0);
  expect((await readdir(storage)).filter((name) => name.endsWith(".zip"))).toHaveLength(1);
  expect(left).toEqual([]);
});

test("an empty directory is exit code 1, because nothing would come back", async () => {
  const { exitCode, text } = await run([await temporaryDirectory()]);

  expect(text).toContain("SOURCE_EMPTY");
  expect(exitCode).toBe(1);
});

test("a directory that is not there is exit code 1", async () => {
  const gone = await temporaryDirectory();
  await rm(gone, { recursive: true });

  expect(await run([gone])).toEqual({
    exitCode: 1,
    text: `\nIt did not work: ${gone} is not a directory.\n\n`,
    left: [],
  });
});
