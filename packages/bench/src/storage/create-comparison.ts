import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ArchiveCheck } from "../archive/archive-check.ts";
import { type DatasetName, type DatasetSizes, datasetTitle } from "../datasets/dataset.ts";
import { findTools } from "../tools.ts";
import type { CompareControl, Comparison } from "./compare-jobs.ts";
import { AFAR } from "./job.ts";
import { makeArchive } from "./make-archive.ts";
import { digestOf, receivedDifference } from "./received-object.ts";

/**
 * A store far away that is written to. The same data gives the same archive, so that what the server received must be, byte by byte,
 * a local backup, which others have found right. Throws if they do not.
 */
export async function createComparison(
  name: DatasetName,
  sizes: DatasetSizes,
  control: CompareControl,
): Promise<Comparison> {
  const { archive, dataset } = await makeArchive(name, sizes, control);
  const tools = await findTools(["unzip", "python3"], { directory: control.work, signal: control.signal });
  const difference = await new ArchiveCheck(dataset.manifest, tools).differenceOf(archive, control.signal);
  if (difference !== undefined) throw new Error(`the local backup of ${name} is wrong: ${difference}`);
  const wanted = await digestOf(createReadStream(archive));
  await rm(archive);
  const received = join(control.work, name, "received");
  await mkdir(received);
  return {
    title: `create afar, ${datasetTitle(name, sizes)}`,
    contenders: [
      { title: "Stowage", job: "create-s3" },
      { title: "a local create, then lib-storage's Upload", job: "create-then-upload" },
    ],
    server: { ...AFAR, listed: 0, received },
    source: dataset.directory,
    amounts: [wanted.size, wanted.size],
    written: 2 * wanted.size,
    check: (_, { endpoint }) => receivedDifference(endpoint, wanted),
  };
}
