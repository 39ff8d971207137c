import { once } from "node:events";
import { closeSync, linkSync, openSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { filesOpenHere } from "../../src/disk/open-files.ts";

const isLinux = process.platform === "linux";

test.runIf(isLinux)("a file is open here from its opening to its closing, under each of its names", async () => {
  const directory = await temporaryDirectory();
  const [path, other] = [join(directory, "a"), join(directory, "b")];
  await writeFile(path, "");
  linkSync(path, other);
  expect(filesOpenHere()?.has(statSync(path))).toBe(false);

  const descriptor = openSync(path, "r");
  expect(filesOpenHere()?.has(statSync(other))).toBe(true);

  closeSync(descriptor);
  expect(filesOpenHere()?.has(statSync(path))).toBe(false);
});

test.runIf(isLinux)("a file that only another backup reads is not open here", async () => {
  const path = join(await temporaryDirectory(), "a");
  await writeFile(path, "");
  const file = await nodeDisk.openFile(path);
  expect(filesOpenHere()?.has(statSync(path))).toBe(false);

  const descriptor = openSync(path, "r");
  expect(filesOpenHere()?.has(statSync(path))).toBe(true);
  closeSync(descriptor);
  await file.close();
});

test.runIf(isLinux)("a file that another thread has open is open here", async () => {
  const path = join(await temporaryDirectory(), "a");
  await writeFile(path, "");
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    require("node:fs").openSync(workerData, "r");
    parentPort.on("message", () => {});
    parentPort.postMessage("open");
  `;
  const worker = new Worker(source, { eval: true, workerData: path });
  await once(worker, "message");

  expect(filesOpenHere()?.has(statSync(path))).toBe(true);
  await worker.terminate();
});
