import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Namespace } from "@stowage/contract-tests";
import { type Environment, openFilesystem } from "../src/index.ts";
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
    unreachable.searchParams.set(base.startsWith("s3:") ? "endpoint" : "apiEndpoint", "http://127.0.0.1:1");
    const stocks = [stockOf(new URL(base), WRONG_SECRETS), stockOf(missing), stockOf(unreachable)] as const;
    return new LiveBucket(new URL(base), await Promise.all(stocks));
  }

  /** Makes a folder of the bucket, under a random name below the URL's own prefix. */
  async namespace(): Promise<Namespace> {
    const url = new URL(this.#url);
    url.pathname = `${url.pathname.replace(/\/$/, "")}/stowage-test-${crypto.randomUUID()}`;
    const stock = await stockOf(url);
    const isS3 = url.protocol === "s3:";
    const isBuilt = existsSync(join(import.meta.dirname, "../dist/index.js"));
    return {
      open: () => stock.take(),
      ...(isS3 && { openDenied: () => this.#denied.take(), residue: () => openUploads(url) }),
      openMissing: () => this.#missing.take(),
      openUnreachable: () => this.#unreachable.take(),
      ...(isBuilt && { killWriter: (key) => killWriter(url, key) }),
      secrets: [process.env.AWS_SECRET_ACCESS_KEY ?? "", WRONG_SECRETS.AWS_SECRET_ACCESS_KEY ?? ""].filter(Boolean),
      dispose: () => stock.close(),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#denied, this.#missing, this.#unreachable].map((stock) => stock.close()));
  }
}

function stockOf(url: URL, environment: Environment = {}): Promise<FilesystemStock> {
  return FilesystemStock.fill(() => openFilesystem(url, { environment: { ...process.env, ...environment } }));
}

/** Starts to write in another process, which runs what `tsc -b` built, and kills it when bytes are on their way. */
async function killWriter(url: URL, key: string): Promise<void> {
  const program = join(import.meta.dirname, "write-until-killed.mjs");
  const child = spawn(process.execPath, [program, url.href, key], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [event] = await Promise.race([once(child.stdout, "data"), exited]);
  child.kill("SIGKILL");
  await exited;
  if (!Buffer.isBuffer(event)) throw new Error("the writer ended before it was killed");
}
