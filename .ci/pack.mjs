// Packs every published package into a folder, as npm would get them: `npm run tarballs`, or `npm run tarballs -- path/to/folder`.

import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { packPackages, publishedFolders } from "./rules/pack-packages.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const [destination = join(ROOT, "dist", "tarballs")] = process.argv.slice(2);

for (const { path } of await packPackages(ROOT, publishedFolders(ROOT), resolve(destination))) console.log(path);
