import type { Server } from "node:http";
import { join } from "node:path";
import { BackupManager, type BackupManagerOptions, Filesystem, type FilesystemDriver } from "@stowage/core";
import { MemoryDriver } from "@stowage/memory";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { onTestFinished } from "vitest";
import {
  type Authentication,
  type BackupsHandler,
  type BackupsHandlerOptions,
  createBackupsHandler,
  type ErrorContext,
} from "../../src/index.ts";
import { createBackupsServer, type NodeListenerOptions } from "../../src/node.ts";
import { listen } from "./listen.ts";

export const ADMIN = { authorization: "an-admin" };
export const USER = { authorization: "a-user" };
export const FILE_TOKEN = "a-file-token";

export const DATA: Readonly<Record<string, string>> = { "data.db": "a database", "logs/app.log": "line\n".repeat(500) };

/** Knows its callers by their header, so that a test of anything else needs no log-in. */
export const plainAuth: Authentication = {
  authenticate: ({ headers }) => {
    if (headers.get("authorization") === ADMIN.authorization) return "admin";
    return headers.get("authorization") === USER.authorization ? "user" : "none";
  },
  checkFileToken: (token) => (token === FILE_TOKEN ? "admin" : "none"),
  createFileToken: async () => FILE_TOKEN,
};

export interface BedOptions {
  readonly manager?: Partial<BackupManagerOptions>;
  /** The storage; a fresh one in memory when left out. */
  readonly driver?: FilesystemDriver;
  readonly data?: Readonly<Record<string, string>>;
  /** `auth` among them: `plainAuth` when left out. */
  readonly handler?: Partial<BackupsHandlerOptions>;
  readonly listener?: NodeListenerOptions;
}

export interface Bed {
  readonly directory: string;
  readonly dataDir: string;
  readonly filesystem: Filesystem;
  readonly manager: BackupManager;
  readonly handler: BackupsHandler;
  /** What `onError` was told. */
  readonly errors: { error: unknown; context: ErrorContext }[];
  /** Sends a request of an admin to the handler, without a socket. */
  send(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** Starts a server, once, and returns it with its URL. */
  listen(): Promise<{ server: Server; url: string; port: number }>;
  keys(): Promise<string[]>;
}

/** A manager over a directory of its own, and a handler over that. All of it is gone when the test has finished. */
export async function makeBed(options: BedOptions = {}): Promise<Bed> {
  const directory = await temporaryDirectory();
  const dataDir = join(directory, "data");
  await writeTree(dataDir, options.data ?? DATA);
  const filesystem = new Filesystem(options.driver ?? new MemoryDriver());
  const manager = new BackupManager({ dataDir, filesystem, ...options.manager });
  const errors: Bed["errors"] = [];
  const onError = (error: unknown, context: ErrorContext) => void errors.push({ error, context });
  const handler = createBackupsHandler({ manager, auth: plainAuth, onError, ...options.handler });
  onTestFinished(async () => {
    await manager.close();
    await filesystem.close();
  });
  let listening: ReturnType<typeof serve> | undefined;
  return {
    ...{ directory, dataDir, filesystem, manager, handler, errors },
    send: (method, path, init) => handler(request(method, path, init)),
    listen: () => {
      listening ??= serve(handler, options.listener);
      return listening;
    },
    keys: async () => (await manager.list()).map(({ key }) => key).sort(),
  };
}

/** A request of an admin; other `headers` replace that. */
export function request(method: string, path: string, init: RequestInit = {}): Request {
  const body = init.body instanceof ReadableStream ? { duplex: "half" as const } : {};
  return new Request(`http://localhost${path}`, { method, headers: ADMIN, ...body, ...init });
}

async function serve(handler: BackupsHandler, options: NodeListenerOptions | undefined) {
  const server = createBackupsServer(handler, options);
  return { server, ...(await listen(server)) };
}
