// Replays PocketBase's own tests of its backups API against Stowage, over HTTP. They are taken from its module, which
// `fetch.mjs` downloaded, by Go's parser, and sent to a server that stores what they expect to be stored.
//
//   node .ci/pocketbase/replay.mjs DIRECTORY

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DELIBERATE } from "./deliberate.mjs";
import { assertKnownFields, failuresIn, prepare, requestOf } from "./scenario-terms.mjs";
import { makeAuthentication, send, startBed } from "./test-bed.mjs";

const directory = process.argv[2] ?? ".";
const archives = readdirSync(directory).filter((name) => name.endsWith(".zip"));
const { auth, tokens } = await makeAuthentication();
const seen = new Set();
let failed = archives.length === 0 ? 1 : 0;
for (const name of archives) {
  const version = basename(name, ".zip");
  const counts = { passed: 0, deliberate: 0, failed: 0 };
  for (const scenario of scenariosIn(join(directory, name))) {
    const title = `${scenario.Test}: ${scenario.Name}`;
    seen.add(title);
    const problems = await problemsOf(scenario);
    counts[judge(`${version} ${title}`, problems, DELIBERATE.get(title))] += 1;
  }
  const { passed, deliberate } = counts;
  console.log(`PocketBase ${version}: ${passed} passed, ${deliberate} different on purpose, ${counts.failed} failed`);
  if (passed === 0) failed += 1;
  failed += counts.failed;
}
for (const title of DELIBERATE.keys()) {
  if (seen.has(title)) continue;
  failed += 1;
  console.log(`✗ ${title}: differs on purpose, and no version has it`);
}
process.exitCode = failed === 0 ? 0 : 1;

function scenariosIn(archive) {
  const program = join(dirname(fileURLToPath(import.meta.url)), "scenarios.go");
  const { status, stdout, stderr } = spawnSync("go", ["run", program, archive], {
    encoding: "utf8",
    env: { ...process.env, GO111MODULE: "off", GOFLAGS: "" },
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`the scenarios cannot be read: ${stderr}`);
  return JSON.parse(stdout);
}

function judge(title, problems, reason) {
  if (problems.length === 0 && reason === undefined) {
    console.log(`✓ ${title}`);
    return "passed";
  }
  if (problems.length > 0 && reason !== undefined) {
    console.log(`– ${title}: differs on purpose: ${reason}`);
    return "deliberate";
  }
  console.log(`✗ ${title}: ${problems.join("; ") || "it passes, so it does not differ on purpose"}`);
  return "failed";
}

/** Replays one scenario over a storage of its own. */
async function problemsOf(scenario) {
  const bed = await startBed(auth);
  const around = stateOf(bed);
  try {
    assertKnownFields(scenario);
    await prepare(around, scenario.BeforeTestFunc);
    const answer = await send(bed.port, requestOf(scenario, tokens));
    const failures = failuresIn(await keysIn(bed.filesystem), scenario.AfterTestFunc);
    return [...problemsIn(answer, scenario), ...failures.map((condition) => `afterwards ${condition}`)];
  } catch (error) {
    return [error.message];
  } finally {
    await around.end();
    await bed.close();
  }
}

/** What a scenario may ask for beforehand. */
function stateOf({ manager, filesystem, pause }) {
  const stop = new AbortController();
  let running = Promise.resolve();
  return {
    filesystem,
    /** Archives whose names the manager does not make are stored as ones that were made elsewhere. */
    async backUp(key) {
      if (/^[a-z0-9_-]+\.zip$/.test(key)) return manager.create({ name: key });
      await manager.create({ name: "template.zip" });
      await manager.upload(key, (await manager.download("template.zip")).content);
      await manager.delete("template.zip");
    },
    /** Starts a restore of the key, or a create if it is free, that waits until the end of the scenario. */
    async beBusyWith(key) {
      const isThere = key !== "" && (await filesystem.exists(key));
      await new Promise((resolve, reject) => {
        pause.hook = () => {
          resolve();
          return new Promise((_, refuse) => stop.signal.addEventListener("abort", () => refuse(stop.signal.reason)));
        };
        running = isThere ? manager.restore(key) : manager.create({ name: key === "" ? "active.zip" : key });
        running.catch(reject);
      });
    },
    async end() {
      stop.abort();
      await running.catch(() => {});
    },
  };
}

async function keysIn(filesystem) {
  const keys = [];
  for await (const { key } of filesystem.list()) keys.push(key);
  return keys;
}

/** What PocketBase's own judge of a scenario looks at. */
function problemsIn({ status, text }, { ExpectedStatus, ExpectedContent = [], NotExpectedContent = [] }) {
  const problems = status === ExpectedStatus ? [] : [`expected ${ExpectedStatus}, got ${status} ${text.slice(0, 200)}`];
  if (ExpectedContent.length + NotExpectedContent.length === 0 && text !== "") problems.push("expected no content");
  const body = compact(text);
  for (const part of ExpectedContent)
    if (!body.includes(part)) problems.push(`${part} is missing in ${body.slice(0, 200)}`);
  for (const part of NotExpectedContent) if (body.includes(part)) problems.push(`${part} is not expected`);
  return problems;
}

function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
