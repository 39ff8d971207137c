import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packPackages } from "../rules/pack-packages.mjs";

const PACKAGES = ["packages/core", "packages/local", "packages/memory", "contract-tests"];

/** A project that has the packages as npm gives them to users, in plain folders: links are not followed under Wine. */
export async function makeProject(root, directory) {
  mkdirSync(directory);
  const tarballs = await packPackages(root, PACKAGES, join(directory, "tarballs"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "windows", private: true, type: "module" }));
  npmInstall(
    directory,
    tarballs.map(({ path }) => path),
  );
}

/** Installs into a folder, whatever system the packages are for. */
export function npmInstall(directory, packages) {
  const args = ["install", "--force", "--no-audit", "--no-fund", "--prefix", directory, ...packages];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: directory, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm cannot install ${packages.join(" ")}: ${stdout}${stderr}`);
}
