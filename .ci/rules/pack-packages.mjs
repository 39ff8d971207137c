import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Packs the published packages of these folders as npm would get them. Returns `{ name, path }` of each tarball. */
export function packPackages(root, folders, destination) {
  mkdirSync(destination);
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const folder of folders) {
    const args = ["exec", "--yes", "--", packageManager, "pack", "--pack-destination", destination];
    const { status, stdout, stderr } = spawnSync("npm", args, { cwd: join(root, folder), encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot pack ${folder}: ${stdout}${stderr}`);
  }
  return readdirSync(destination).map((name) => ({ name, path: join(destination, name) }));
}
