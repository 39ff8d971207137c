import { join } from "node:path";
import { BenchPlace } from "../archive/bench-place.ts";
import { runClient } from "../archive/run-contender.ts";
import { type Dataset, type DatasetName, type DatasetSizes, datasetTitle, makeDataset } from "../datasets/dataset.ts";
import type { CompareControl } from "./compare-jobs.ts";

/** Makes a dataset below `work`, in a directory of its name, and Stowage's archive of it. */
export async function makeArchive(
  name: DatasetName,
  sizes: DatasetSizes,
  { work, signal, progress }: CompareControl,
): Promise<{ archive: string; dataset: Dataset }> {
  progress(`making an archive of ${datasetTitle(name, sizes)}`);
  const home = join(work, name);
  const dataset = await makeDataset(name, { directory: join(home, "data"), sizes, signal });
  const job = await new BenchPlace(join(home, "runs"), dataset.directory).prepare();
  await runClient("stowage-create", job, signal);
  return { archive: job.archive, dataset };
}
