// Downloads PocketBase's module as zips into a directory: the version that the comparison began with, and the newest that the
// module proxy knows. What Go keeps on the way lies in that directory too. Fails with the reason on the standard error output.
//
//   node .ci/pocketbase/fetch.mjs DIRECTORY

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const MODULE = "github.com/pocketbase/pocketbase";
const FIRST_VERSION = "v0.36.8";

const directory = resolve(process.argv[2] ?? ".");
const cache = join(directory, "go");
mkdirSync(cache, { recursive: true });
const environment = { ...process.env, GO111MODULE: "on", GOMODCACHE: cache, GOFLAGS: "-mod=mod -modcacherw" };

const known = go("list", "-m", "-versions", MODULE).trim().split(/\s+/).slice(1);
const newest = known.findLast((version) => !version.includes("-")) ?? FIRST_VERSION;
for (const version of new Set([FIRST_VERSION, newest])) {
  // A module that asks for a newer Go than this one is an error of the command, and is downloaded all the same.
  const answer = run("mod", "download", "-json", `${MODULE}@${version}`).stdout;
  const { Zip: archive } = JSON.parse(answer || "{}");
  if (!archive || !existsSync(archive))
    fail(`${MODULE}@${version} cannot be downloaded: ${JSON.parse(answer || "{}").Error}`);
  copyFileSync(archive, join(directory, `${version}.zip`));
}

function go(...parameters) {
  const { status, stdout, stderr } = run(...parameters);
  if (status !== 0) fail(`go ${parameters.join(" ")}: ${stderr.trim().split("\n").at(-1)}`);
  return stdout;
}

function run(...parameters) {
  const result = spawnSync("go", parameters, { cwd: directory, env: environment, encoding: "utf8", timeout: 120_000 });
  if (result.error) fail(`go ${parameters[0]}: ${result.error.message}`);
  return result;
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
