import type { ClientAnswer, Job } from "../job.ts";
import { Stopwatch } from "../stopwatch.ts";

type Client = (job: Job) => Promise<ClientAnswer>;
type Action = (job: Job) => Promise<unknown>;

/** Loads nothing but the code that is asked for: the memory of another library is not its own. */
const CLIENTS: Readonly<Record<string, () => Promise<Client>>> = {
  "stowage-create": async () => (await import("./stowage-create.ts")).stowageCreate,
  "stowage-watched-create": async () => (await import("./stowage-create.ts")).stowageWatchedCreate,
  "stowage-restore": async () => (await import("./stowage-restore.ts")).stowageRestore,
  "stowage-extract": async () => (await import("./stowage-restore.ts")).stowageExtract,
  yazl: async () => timed((await import("./yazl-create.ts")).yazlCreate),
  "yazl-1": async () => {
    const { yazlCreate } = await import("./yazl-create.ts");
    return timed((job) => yazlCreate(job, 1));
  },
  archiver: async () => timed((await import("./archiver-create.ts")).archiverCreate),
  "archiver-1": async () => {
    const { archiverCreate } = await import("./archiver-create.ts");
    return timed((job) => archiverCreate(job, 1));
  },
  yauzl: async () => {
    const { yauzlExtract } = await import("./yauzl-extract.ts");
    return timed((job) => yauzlExtract(job, 1));
  },
  "yauzl-4": async () => {
    const { yauzlExtract } = await import("./yauzl-extract.ts");
    return timed((job) => yauzlExtract(job, 4));
  },
  "extract-zip": async () => {
    const { default: extract } = await import("extract-zip");
    return timed(({ archive, target }) => extract(archive, { dir: target }));
  },
};

/** Loads a client by its name. What it measures starts when it is called. */
export async function openClient(name: string): Promise<Client> {
  const load = CLIENTS[name];
  if (!load) throw new Error(`there is no client called ${name}`);
  return load();
}

function timed(action: Action): Client {
  return async (job) => {
    const stopwatch = new Stopwatch();
    await action(job);
    return stopwatch.read();
  };
}
