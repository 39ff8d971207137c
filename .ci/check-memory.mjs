// Runs `npm start -- DIR` on 300 MB and on 1.2 GB in 3,000 files, and fails if the process ever held more than
// 200 MB, if it grew with the data, or if the directory was touched.

import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MEGABYTE = 1_000_000;
const FILES = 3_000;
const SIZES = [300, 1_200];
const HIGHEST_PEAK = 200;
const MOST_GROWTH = 40;

const maker = join(ROOT, "examples", "main-job", "dist", "make-data-directory.js");
const { makeDataDirectory } = await import(pathToFileURL(maker).href);

const peaks = [];
const problems = [];
for (const size of SIZES) {
  const work = mkdtempSync(join(tmpdir(), "stowage-memory-"));
  try {
    peaks.push(await peakOf(work, size));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

for (const [index, size] of SIZES.entries())
  console.log(`${size} MB in ${FILES} files: peak memory ${peaks[index]} MB`);
const growth = peaks.at(-1) - peaks[0];
console.log(`growth from ${SIZES[0]} MB to ${SIZES.at(-1)} MB of data: ${growth.toFixed(1)} MB`);
if (!peaks.every((peak) => peak <= HIGHEST_PEAK)) problems.push(`a peak above ${HIGHEST_PEAK} MB`);
if (!(growth <= MOST_GROWTH)) problems.push(`memory grows with the data, by more than ${MOST_GROWTH} MB`);
for (const problem of problems) console.error(`problem: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Returns the peak in MB as the process itself reports it, or NaN if it failed. */
async function peakOf(work, size) {
  const data = join(work, "data");
  await makeDataDirectory(data, { seed: size, files: FILES, size: size * MEGABYTE });
  const before = contentsOf(data);
  console.log(`\n${before.files} files, ${Math.round(before.size / MEGABYTE)} MB`);
  const peak = startOn(data, join(work, "tmp"));
  if (contentsOf(data).listing !== before.listing) problems.push(`the directory of ${size} MB was touched`);
  return peak;
}

function startOn(data, temporary) {
  mkdirSync(temporary);
  const env = { ...process.env, TMPDIR: temporary };
  const { status, stdout, stderr } = spawnSync("npm", ["start", "--", data], { cwd: ROOT, env, encoding: "utf8" });
  console.log(stdout + stderr);
  if (stderr.includes("Warning: ")) problems.push("a warning of Node, such as of a descriptor that nobody closed");
  const peak = Number(stdout.match(/memory +([\d.]+) MB at its peak/)?.[1]);
  if (status === 0 && Number.isFinite(peak)) return peak;
  problems.push(`npm start ended with ${status}`);
  return Number.NaN;
}

/** Every name with its type, size and times, in one text. */
function contentsOf(directory) {
  const names = readdirSync(directory, { recursive: true }).sort();
  const entries = names.map((name) => ({ name, ...factsOf(join(directory, name)) }));
  const files = entries.filter(({ isFile }) => isFile);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return { files: files.length, size, listing: JSON.stringify(entries) };
}

function factsOf(path) {
  const stats = lstatSync(path);
  const { size, mode, ino, mtimeMs, ctimeMs } = stats;
  return { size, mode, ino, mtimeMs, ctimeMs, isFile: stats.isFile() };
}
