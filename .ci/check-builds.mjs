// Uses the packages as applications do that are built: packed, installed in scratch projects, bundled by each bundler, run by each
// runtime and compiled by each TypeScript. Everywhere an archive is created, verified and restored, and threads must run.
// Prints the tables of docs/builds.md. What cannot be installed here is said, and is not needed to pass.
// `node .ci/check-builds.mjs bundlers types` does only these parts.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUCKET_BUNDLERS, BUCKET_PROGRAM, runWithBuckets } from "./builds/buckets.mjs";
import { BUNDLER_PACKAGES, BUNDLERS } from "./builds/bundlers.mjs";
import { NEXT_PACKAGES, throughNext } from "./builds/next.mjs";
import { prepareRequire, RUNTIMES } from "./builds/runtimes.mjs";
import { answerOf, makeProject, run } from "./builds/scratch.mjs";
import { measureSizes } from "./builds/sizes.mjs";
import { compile, SETTINGS, TYPESCRIPTS } from "./builds/type-settings.mjs";
import { packPackages, publishedFolders } from "./rules/pack-packages.mjs";
import { blocksOf } from "./rules/readme-blocks.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const THREADS = 10; // two for each of three creates, for verify and for restore
const wanted = process.argv.slice(2);
const failures = [];

const work = mkdtempSync(join(tmpdir(), "stowage-builds-"));
try {
  const tarballs = await packPackages(ROOT, publishedFolders(ROOT), join(work, "tarballs"));
  const own = (...names) => names.map((name) => tarballs.find((each) => each.name.startsWith(`${name}-0`)).path);
  const application = own("stowage-core", "stowage-local");
  const bundlers = makeProject(join(work, "bundlers"), [...application, ...BUNDLER_PACKAGES]);
  if (isWanted("bundlers")) checkBundlers(bundlers);
  if (isWanted("runtimes")) checkRuntimes(bundlers, application);
  if (isWanted("next")) await checkNext(application, bundlers);
  if (isWanted("types")) checkTypes(application);
  if (isWanted("buckets")) await checkBuckets(own);
  if (isWanted("sizes")) failures.push(...measureSizes(join(work, "sizes"), own));
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(failures.length === 0 ? "\nall builds are fine" : `\nfailed: ${failures.join(", ")}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function isWanted(part) {
  return wanted.length === 0 || wanted.includes(part);
}

function checkBundlers(project) {
  header("bundled by", ["threads", "create, ms", "unbundled, ms", "bundle, KB"]);
  for (const [name, build] of Object.entries(BUNDLERS)) {
    attempt(name, () => {
      const out = (extension) => join(work, "out", `${name.replace(/\W+/g, "-")}.${extension}`);
      const file = build(project, out);
      const beside = plainly(project);
      return [
        ...described(answerOf(run(process.execPath, [file], work))),
        beside,
        Math.round(statSync(file).size / 1000),
      ];
    });
  }
}

function checkRuntimes(bundlers, application) {
  header("run by", ["threads", "create, ms", `Node ${process.versions.node}, ms`, "SQLite"]);
  for (const [name, { packages, command }] of Object.entries(RUNTIMES)) {
    const project = installed(name, () =>
      makeProject(join(work, name.replace(" ", "-")), [...application, ...packages]),
    );
    if (!project) continue;
    prepareRequire(project, bundlers);
    const [program, ...args] = command(project);
    for (const [how, file] of Object.entries({ import: "main.mjs", require: "required.cjs" })) {
      attempt(`${name}, ${how}`, () => {
        const beside = plainly(bundlers);
        const answer = answerOf(run(program, [...args, file], project));
        return [...described(answer), beside, answer.database ? "copied" : "not in it"];
      });
    }
  }
}

async function checkNext(application, bundlers) {
  const project = installed("Next", () => makeProject(join(work, "next"), [...application, ...NEXT_PACKAGES], {}));
  if (!project) return;
  header("route handler of Next", ["threads", "create, ms", "unbundled, ms"]);
  for (const bundler of ["turbopack", "webpack"]) {
    const answer = await throughNext(project, bundler).catch((error) => error);
    attempt(bundler, () => {
      if (answer instanceof Error) throw answer;
      return [...described(answer), plainly(bundlers)];
    });
  }
}

/** With the SDKs in the bundle, which the drivers load at first use. */
async function checkBuckets(own) {
  const packages = own("stowage-core", "stowage-local", "stowage-s3", "stowage-gcs");
  const project = makeProject(join(work, "buckets"), [...packages, ...BUNDLER_PACKAGES]);
  header("bundled with the SDKs by", ["requests to S3", "requests to GCS"]);
  for (const [name, build] of BUCKET_BUNDLERS) {
    const out = (extension) => join(work, "out", `buckets-${name.replace(/\W+/g, "-")}.${extension}`);
    const running = async () => runWithBuckets(build(project, out, BUCKET_PROGRAM), work);
    const outcome = await running().catch((error) => error);
    attempt(name, () => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
  }
}

/** The first program of the README, in each module system and with each compiler. */
function checkTypes(application) {
  const [{ text: program }] = blocksOf(readFileSync(join(ROOT, "README.md"), "utf8")).filter(
    ({ language }) => language === "ts",
  );
  header("TypeScript", ["compiles"]);
  for (const version of TYPESCRIPTS) {
    const types = `@types/node@${JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).devDependencies["@types/node"]}`;
    const folder = join(work, `typescript-${version}`);
    const project = installed(`TypeScript ${version}`, () =>
      makeProject(folder, [...application, `typescript@${version}`, types]),
    );
    if (!project) continue;
    for (const [name, settings] of Object.entries(SETTINGS)) {
      const { since = 0, until = 100 } = settings;
      if (Number(version) < since || Number(version) >= until) continue;
      attempt(`${version}, ${name}`, () => {
        compile(project, join(project, name.replace(/\W+/g, "-")), { program, settings });
        return ["yes"];
      });
    }
  }
}

/** The milliseconds of the same create without a bundler, run just before, as the machine is then. */
function plainly(project) {
  return answerOf(run(process.execPath, ["main.mjs"], project)).createMs;
}

/** Throws unless the threads ran, and the helper: as the copy of a database where its start cannot be seen. */
function described({ threads, helpers, database, createMs, status, warnings }) {
  if (threads !== THREADS || !status.available) throw new Error(`${threads} threads ran: ${JSON.stringify(status)}`);
  if (helpers === 0 && !database) throw new Error("no helper process was started");
  if (warnings.length > 0) throw new Error(warnings.join("; "));
  return [threads, createMs];
}

function header(title, columns) {
  console.log(`\n| ${[title, ...columns].join(" | ")} |\n|${"---|".repeat(columns.length + 1)}`);
}

function attempt(name, action) {
  try {
    console.log(`| ${[name, ...action()].join(" | ")} |`);
  } catch (error) {
    failures.push(name);
    console.log(`| ${name} | failed |\n\n${error.message}\n`);
  }
}

function installed(name, install) {
  try {
    return install();
  } catch (error) {
    console.log(`\nSKIPPED: ${name} could not be installed: ${error.message}`);
    return undefined;
  }
}
