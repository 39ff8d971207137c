// Follows the README of @stowage/http to the letter for each framework that it names: an empty folder, packed tarballs in place of the
// registry's packages, the files of the README, and what an application of that framework has besides. Then seven steps with PocketBase's
// SDK, and a page of the application's own. `--only Fastify` runs one. A framework that cannot be installed is skipped with the reason.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FRAMEWORKS } from "./frameworks/frameworks.mjs";
import { execute, serving } from "./frameworks/processes.mjs";
import { takeSteps } from "./frameworks/steps.mjs";
import { packPackages } from "./rules/pack-packages.mjs";
import { blocksOf } from "./rules/readme-blocks.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const README = readFileSync(join(ROOT, "packages", "http", "README.md"), "utf8");
const PASSWORD = "correct horse battery";

const { values } = parseArgs({ options: { only: { type: "string" } } });
const wanted = FRAMEWORKS.filter(({ name }) => values.only === undefined || values.only === name);
if (wanted.length === 0)
  throw new Error(`--only ${values.only}: there are ${FRAMEWORKS.map(({ name }) => name).join(", ")}`);

const rows = [];
const folder = mkdtempSync(join(tmpdir(), "stowage-frameworks-"));
try {
  const tarballs = packPackages(ROOT, ["packages/core", "packages/local", "packages/http"], join(folder, "tarballs"));
  const following = wanted.map(async (framework) => ({ name: framework.name, ...(await follow(framework, tarballs)) }));
  rows.push(...(await Promise.all(following))); // they wait for the registry most of the time
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const { name, skipped, steps = [], failed } of rows) {
  console.log(
    `${name.padEnd(8)} ${skipped ? `SKIPPED: ${skipped}` : [...steps, ...(failed ? [`FAILED: ${failed}`] : [])].join(" · ")}`,
  );
}
process.exitCode = rows.some(({ failed }) => failed) ? 1 : 0;

async function follow(framework, tarballs) {
  const project = join(folder, framework.name.toLowerCase());
  mkdirSync(join(project, "data"), { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "application", private: true }));
  writeFileSync(join(project, "data", "notes.txt"), "precious");
  const packages = [...tarballs.map(({ path }) => path), ...framework.packages, "pocketbase@0.28.1"];
  const installed = await execute("npm", ["install", "--no-audit", "--no-fund", ...packages], project);
  if (installed.code !== 0) return { skipped: `npm install fails: ${installed.output.trim().split("\n").at(-1)}` };
  const files = { ...framework.files, ...filesOf("In an application"), ...filesOf(framework.heading) };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
  const hash = await hashOf(project);
  const environment = { ADMIN_PASSWORD_HASH: hash, TOKEN_SECRET: "0123456789abcdef0123456789abcdef" };
  const steps = [];
  try {
    if (framework.build) {
      const built = await execute("npx", framework.build, project);
      if (built.code !== 0) return { failed: `the build: ${built.output}` };
    }
    await serving(framework.start, { cwd: project, environment }, (url) =>
      takeSteps({ url, project, password: PASSWORD, done: (step) => steps.push(step) }),
    );
    return { steps };
  } catch (error) {
    return { steps, failed: error.stack };
  }
}

/** The blocks below a heading, up to the next one, whose first line names a file. */
function filesOf(heading) {
  const start = README.search(new RegExp(`^#+ ${heading}.*$`, "m"));
  if (start === -1) throw new Error(`the README has no heading ${heading}`);
  const rest = README.slice(start).replace(/^.*\n/, "");
  const end = rest.search(/^#+ /m);
  const entries = blocksOf(end === -1 ? rest : rest.slice(0, end)).flatMap(({ text }) => {
    const file = /^\/\/ (\S+\.m?js)\n/.exec(text)?.[1];
    return file === undefined ? [] : [[file, text]];
  });
  if (entries.length === 0) throw new Error(`the README has no file below ${heading}`);
  return Object.fromEntries(entries);
}

async function hashOf(project) {
  const program = `import("@stowage/http").then(async ({ hashPassword }) => console.log(await hashPassword(${JSON.stringify(PASSWORD)})))`;
  return (await execute(process.execPath, ["-e", program], project)).output.trim();
}
