import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeProject } from "./scratch.mjs";

const ROUNDS = 9;

/**
 * Each package with what has to be installed for it: the most packages in `node_modules`, the most kilobytes, and the most milliseconds
 * of processor time, the median of nine, that its import takes over a bare Node. The time on the wall is only printed: others work here, too.
 */
const CEILINGS = [
  { name: "@stowage/core", tarballs: ["stowage-core"], packages: 3, kilobytes: 3_100, importMs: 60 },
  { name: "@stowage/local", tarballs: ["stowage-core", "stowage-local"], packages: 4, kilobytes: 3_200, importMs: 60 },
  {
    name: "@stowage/memory",
    tarballs: ["stowage-core", "stowage-memory"],
    packages: 40,
    kilobytes: 12_000,
    importMs: 130,
  },
  { name: "@stowage/http", tarballs: ["stowage-core", "stowage-http"], packages: 5, kilobytes: 3_800, importMs: 100 },
  { name: "@stowage/s3", tarballs: ["stowage-core", "stowage-s3"], packages: 40, kilobytes: 14_000, importMs: 60 },
  { name: "@stowage/gcs", tarballs: ["stowage-core", "stowage-gcs"], packages: 110, kilobytes: 16_000, importMs: 60 },
  { name: "stowage", tarballs: ["stowage-core", "stowage"], packages: 4, kilobytes: 3_200, importMs: 60 },
];

/** Prints what each package costs, and returns the names of those that cost more than they may. */
export function measureSizes(folder, own) {
  console.log(
    "\n| package | packages installed | kilobytes | import over bare Node, processor ms (wall ms) |\n|---|---|---|---|",
  );
  return CEILINGS.filter((ceiling) => !isWithin(ceiling, join(folder, ceiling.name.replace(/\W+/g, "-")), own)).map(
    ({ name }) => `size of ${name}`,
  );
}

function isWithin({ name, tarballs, packages, kilobytes, importMs }, folder, own) {
  const project = makeProject(folder, own(...tarballs));
  const count = readdirSync(join(project, "node_modules"), { recursive: true }).filter(isManifest).length;
  const size = Math.round(sizeOf(join(project, "node_modules")) / 1000);
  const bare = timesOf(project, "node:path");
  const times = timesOf(project, name);
  const [processor, wall] = [times.processor - bare.processor, times.wall - bare.wall].map(Math.round);
  console.log(`| ${name} | ${count} | ${size} | ${processor} (${wall}) |`);
  const isFine = count <= packages && size <= kilobytes && processor <= importMs;
  if (!isFine) console.log(`\nat most ${packages} packages, ${kilobytes} kilobytes and ${importMs} ms were expected\n`);
  return isFine;
}

/** The manifest of a package that is installed, not one that lies somewhere in it. */
function isManifest(path) {
  return /^((.*\/)?node_modules\/)?(@[^/]+\/)?[^/@]+\/package\.json$/.test(path.replaceAll("\\", "/"));
}

function sizeOf(folder) {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return paths.reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0);
}

/** The median milliseconds of an import, on the processor and on the wall, each in a process of its own. */
function timesOf(project, name) {
  const runs = Array.from({ length: ROUNDS }, () => {
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", importing(name)], {
      cwd: project,
      encoding: "utf8",
    });
    return JSON.parse(stdout);
  });
  const median = (kind) => runs.map((each) => each[kind]).sort((left, right) => left - right)[Math.floor(ROUNDS / 2)];
  return { processor: median("processor"), wall: median("wall") };
}

function importing(name) {
  return `const start = performance.now(), before = process.cpuUsage();
await import(${JSON.stringify(name)});
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ processor: (user + system) / 1000, wall: performance.now() - start }));`;
}
