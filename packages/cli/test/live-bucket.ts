import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Elsewhere, type Namespace, otherProcess } from "@stowage/contract-tests";
import { putNeighbours, removeNeighbours } from "@stowage/test-kit";
import { type Environment, openFilesystem } from "../src/index.ts";
import { canFail, endpointParameter, startFallibleServer } from "./fallible-server.ts";
import { FilesystemStock } from "./filesystem-stock.ts";
import { openUploads } from "./open-uploads.ts";

/** The environment variables that hold a secret, with one that looks right and is not. */
const WRONG_SECRETS: Environment = {
  AWS_SECRET_ACCESS_KEY: "d3JvbmcgbGlrZSBhbGwgb2YgdGhlbSwgYW5kIGxvbmc",
  AWS_SESSION_TOKEN: undefined,
};

/** A bucket that somebody else keeps. What does not depend on the folder is made once for all cases. */
export class LiveBucket {
  readonly #url: URL;
  readonly #denied: FilesystemStock;
  readonly #missing: FilesystemStock;
  readonly #unreachable: FilesystemStock;

  private constructor(url: URL, stocks: readonly [FilesystemStock, FilesystemStock, FilesystemStock]) {
    this.#url = url;
    [this.#denied, this.#missing, this.#unreachable] = stocks;
  }

  static async at(base: string): Promise<LiveBucket> {
    const [missing, unreachable] = [new URL(base), new URL(base)];
    missing.href = base.replace(/(?<=\/\/)[^/?]+/, `missing-${crypto.randomUUID()}`);
    unreachable.searchParams.set(endpointParameter(unreachable), "http://127.0.0.1:1");
    const stocks = [stockOf(new URL(base), WRONG_SECRETS), stockOf(missing), stockOf(unreachable)] as const;
    return new LiveBucket(new URL(base), await Promise.all(stocks));
  }

  /** Makes a folder of the bucket, under a random name below the URL's own prefix. Behind a proxy if the case needs an outage. */
  async namespace({ needs = [] }: { readonly needs?: readonly string[] } = {}): Promise<Namespace> {
    const url = new URL(this.#url);
    url.pathname = `${url.pathname.replace(/\/$/, "")}/stowage-test-${crypto.randomUUID()}`;
    return needs.includes("outage") && canFail(url) ? this.#fallibleNamespace(url) : this.#namespaceAt(url);
  }

  async #fallibleNamespace(url: URL): Promise<Namespace> {
    const server = await startFallibleServer(url);
    const namespace = await this.#namespaceAt(server.url);
    return {
      ...namespace,
      outage: async () => server.fail(),
      dispose: async () => {
        await namespace.dispose?.();
        await server.close();
      },
    };
  }

  async #namespaceAt(url: URL): Promise<Namespace> {
    const stock = await stockOf(url);
    const neighbours = neighboursOf(url);
    const isS3 = url.protocol === "s3:";
    const isBuilt = existsSync(join(import.meta.dirname, "../dist/index.js"));
    return {
      open: () => stock.take(),
      ...(isS3 && { openDenied: () => this.#denied.take(), residue: () => openUploads(url) }),
      openMissing: () => this.#missing.take(),
      openUnreachable: () => this.#unreachable.take(),
      neighbours: () => neighbours.put(),
      ...(isBuilt && { killWriter: (key) => killWriter(url, key), elsewhere: () => elsewhere(url) }),
      secrets: [process.env.AWS_SECRET_ACCESS_KEY ?? "", WRONG_SECRETS.AWS_SECRET_ACCESS_KEY ?? ""].filter(Boolean),
      dispose: async () => {
        await stock.close();
        await neighbours.remove();
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#denied, this.#missing, this.#unreachable].map((stock) => stock.close()));
  }
}

function stockOf(url: URL, environment: Environment = {}): Promise<FilesystemStock> {
  return FilesystemStock.fill(() => openFilesystem(url, { environment: { ...process.env, ...environment } }));
}

/** What lies around the folder of a URL, as far as the server can keep a file and a folder of one name. */
function neighboursOf(url: URL) {
  const [bucket, folder] = [new URL(url), decodeURIComponent(url.pathname).slice(1)];
  bucket.pathname = "";
  let arePut = false;
  return {
    put: async () => {
      arePut = true;
      await putNeighbours(await openFilesystem(bucket), folder, (error, name) => {
        console.log(`no neighbour ${name.replace(folder, "FOLDER")}: ${error}`);
      });
    },
    remove: async () => {
      if (arePut) await removeNeighbours(await openFilesystem(bucket), folder);
    },
  };
}

/** Opens the folder in another process, which runs what `npm run build` built. */
function elsewhere(url: URL): Elsewhere {
  const execArgv = ["--disable-warning=Warning"]; // the AWS SDK tells every process that it will leave Node 20 behind
  return otherProcess(fork(join(import.meta.dirname, "other-process.mjs"), [url.href], { execArgv }));
}

/** Starts to write in another process, which runs what `npm run build` built, and kills it when bytes are on their way. */
async function killWriter(url: URL, key: string): Promise<void> {
  const program = join(import.meta.dirname, "write-until-killed.mjs");
  const child = spawn(process.execPath, [program, url.href, key], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [event] = await Promise.race([once(child.stdout, "data"), exited]);
  child.kill("SIGKILL");
  await exited;
  if (!Buffer.isBuffer(event)) throw new Error("the writer ended before it was killed");
}
