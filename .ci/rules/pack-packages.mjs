import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bundlePackage } from "./bundle-package.mjs";
import { isTypesOf, publishedManifest, publishedText } from "./publishable-package.mjs";

const COPIED = ["README.md", "dist", "src"];

/** The folders of the packages that are published. */
export function publishedFolders(root) {
  const folders = [...readdirSync(join(root, "packages")).map((name) => `packages/${name}`), "contract-tests"];
  return folders.filter((folder) => {
    return existsSync(join(root, folder, "package.json")) && !manifestOf(root, folder).private;
  });
}

/** Packs the published packages of these folders, which are built, as npm would get them. Returns `{ name, path }` of each tarball. */
export async function packPackages(root, folders, destination) {
  mkdirSync(destination, { recursive: true });
  const manifests = publishedFolders(root).map((folder) => manifestOf(root, folder));
  const versions = Object.fromEntries(manifests.map(({ name, version }) => [name, version]));
  const { repository, homepage, bugs } = manifestOf(root, ".");
  const tarballs = [];
  for (const folder of folders) {
    const staged = join(destination, "staged");
    try {
      const manifest = manifestOf(root, folder);
      stage(join(root, folder), staged);
      await bundlePackage(join(root, folder), manifest, join(staged, "dist"));
      const own = repository && { repository: { ...repository, directory: folder }, homepage, bugs };
      const published = publishedManifest(manifest, { versions, repository: own });
      writeFileSync(join(staged, "package.json"), `${JSON.stringify(published, undefined, 2)}\n`);
      cpSync(join(root, "LICENSE"), join(staged, "LICENSE"));
      tarballs.push(packed(staged, destination));
    } finally {
      rmSync(staged, { recursive: true, force: true });
    }
  }
  return tarballs;
}

function manifestOf(root, folder) {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}

/** Copies texts, sources and types, without the types that sources left in `dist` which are gone. */
function stage(folder, staged) {
  const sources = new Set(namesBelow(join(folder, "src")));
  const filter = (path) => {
    const built = slashed(relative(join(folder, "dist"), path));
    return built.startsWith("..") || statSync(path).isDirectory() || isTypesOf(built, sources);
  };
  for (const name of COPIED) cpSync(join(folder, name), join(staged, name), { recursive: true, filter });
  const readme = join(staged, "README.md");
  writeFileSync(readme, publishedText(readFileSync(readme, "utf8")));
}

function namesBelow(folder) {
  return readdirSync(folder, { recursive: true }).map(slashed);
}

function slashed(path) {
  return path.replaceAll("\\", "/");
}

function packed(staged, destination) {
  const args = ["pack", "--json", "--pack-destination", destination];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: staged,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`cannot pack ${staged}: ${stdout}${stderr}`);
  const [{ filename }] = JSON.parse(stdout);
  return { name: filename, path: join(destination, filename) };
}
