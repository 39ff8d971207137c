import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localFilesystem } from "@stowage/local";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, onTestFinished, test } from "vitest";
import { BackupManager } from "../../src/index.ts";

const why = reasonNotToTest();
if (why !== undefined) console.log(`a dump of PostgreSQL is not tested: ${why}`);

/** PostgreSQL does not run as root. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const number = (flag: string) =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout || Number.NaN);
  const [uid, gid] = [number("-u"), number("-g")];
  return Number.isNaN(uid) ? undefined : { uid, gid };
}

function reasonNotToTest(): string | undefined {
  for (const name of ["initdb", "pg_ctl", "psql", "pg_dump", "pg_restore"]) {
    if (spawnSync(name, ["--version"]).status !== 0) return `there is no ${name}`;
  }
  const owner = account();
  if (owner === undefined) return "this is root, and there is no account postgres";
  if (spawnSync("test", ["-x", tmpdir()], owner).status !== 0)
    return "the account postgres cannot enter the directory of temporary files";
  return undefined;
}

/** Starts a server without a network, with a database of 1,000 rows. Returns what runs its programs. */
function startServer(): (program: string, args: readonly string[], output?: string) => string {
  const owner = account();
  const directory = mkdtempSync(join(tmpdir(), "stowage-pg-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  if (owner) chownSync(directory, owner.uid, owner.gid);
  const run = (program: string, args: readonly string[], output?: string) => {
    const descriptor = output === undefined ? undefined : openSync(output, "w");
    try {
      const stdio = ["ignore", descriptor ?? "pipe", "inherit"] as const;
      return String(execFileSync(program, args, { ...owner, cwd: directory, stdio: [...stdio] }) ?? "");
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  };
  const place = join(directory, "server");
  run("initdb", ["-D", place, "-A", "trust", "-U", "app", "--no-sync"], "/dev/null");
  const options = `-c listen_addresses='' -c unix_socket_directories='${directory}' -c fsync=off`;
  run("pg_ctl", ["-D", place, "-o", options, "-w", "-l", join(directory, "server.log"), "start"], "/dev/null");
  onTestFinished(() => void run("pg_ctl", ["-D", place, "-m", "immediate", "-w", "stop"], "/dev/null"));
  return (program, args, output) => run(program, ["-h", directory, "-U", "app", ...args], output);
}

test.skipIf(why !== undefined)(
  "a database of PostgreSQL is dumped into the data before it is backed up, and comes back",
  async () => {
    const server = startServer();
    server("psql", ["-d", "postgres", "-c", "CREATE TABLE rows AS SELECT generate_series(1, 1000) AS id"]);
    const directory = await temporaryDirectory();
    const dataDir = join(directory, "data");
    await mkdir(dataDir);
    const dump = join(dataDir, "app.dump");
    const manager = new BackupManager({
      dataDir,
      filesystem: localFilesystem({ directory: join(directory, "backups") }),
      hooks: {
        beforeSnapshot: () => void server("pg_dump", ["--format=custom", "postgres"], dump),
        afterSnapshot: () => rmSync(dump),
      },
    });
    onTestFinished(() => manager.close());

    const { warnings } = await manager.create({ name: "a.zip" });
    await manager.extract("a.zip", { to: join(directory, "out") });

    expect(warnings).toEqual([]);
    expect(existsSync(dump)).toBe(false);
    server("psql", ["-d", "postgres", "-c", "CREATE DATABASE restored"]);
    execFileSync("chmod", ["-R", "a+rX", directory]);
    server("pg_restore", ["-d", "restored", join(directory, "out", "app.dump")]);
    expect(server("psql", ["-d", "restored", "-A", "-t", "-c", "SELECT count(*) FROM rows"]).trim()).toBe("1000");
  },
);
