import { generateKeyPair } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { listen } from "../server/listen.ts";
import { Outages } from "../server/outages.ts";
import { type RecordedRequest, recordRequest } from "../server/recorded-request.ts";
import { Accounts, accountOf, type Role, type ServiceAccountKey } from "./accounts.ts";
import { handleGcsRequest } from "./gcs-handler.ts";
import { GcsReplyError } from "./gcs-reply-error.ts";
import { ObjectStore } from "./store/object-store.ts";
import { ResumableUploads } from "./store/resumable-uploads.ts";

export interface GcsServerOptions {
  /** The name of its one bucket. */
  readonly bucket?: string;
  /** The most bytes that it keeps of one chunk of a resumable upload: the rest has to be sent again. */
  readonly keepAtMost?: number;
  /** Whether a request must name a project that pays for it. No when left out. */
  readonly requesterPays?: boolean;
}

export interface GcsServer {
  readonly apiEndpoint: string;
  readonly bucket: string;
  /** May do everything with the bucket's objects. */
  readonly credentials: ServiceAccountKey;
  /** May read and list. */
  readonly readerCredentials: ServiceAccountKey;
  /** Known, and permitted nothing. */
  readonly deniedCredentials: ServiceAccountKey;
  /** The name of the account that may do everything, with another private key. */
  readonly wrongCredentials: ServiceAccountKey;
  /** Every request that came in. */
  readonly requests: readonly RecordedRequest[];
  /** The names in the bucket, in UTF-8 order. */
  objectNames(): string[];
  /** The object names of resumable uploads that were neither finished nor cancelled. */
  openUploads(): string[];
  /** Answers every request whose URL holds `part` with 503, until the function that it returns is called. */
  fail(part: string): () => void;
  close(): Promise<void>;
}

/**
 * Starts a test double of the JSON API of Google Cloud Storage on an ephemeral port of 127.0.0.1: one bucket, data in a
 * temporary directory. It is strict where GCS is known to be strict; what it accepts, GCS may still refuse.
 */
export async function startGcsServer({
  bucket = "stowage-test",
  keepAtMost,
  requesterPays = false,
}: GcsServerOptions = {}): Promise<GcsServer> {
  const directory = await mkdtemp(join(tmpdir(), "gcs-server-"));
  const keys = await createKeys();
  const store = new ObjectStore(bucket, directory);
  const uploads = new ResumableUploads(store, keepAtMost);
  const state = { store, uploads, accounts: new Accounts(keys.accounts), requesterPays };
  const requests: RecordedRequest[] = [];
  const outages = new Outages();
  const server = createServer((request, response) => {
    if (outages.strike(request, response)) return;
    requests.push(recordRequest(request));
    handleGcsRequest(request, response, state).catch((error: unknown) => refuse(request, response, error));
  });
  server.on("connection", (socket) => socket.unref()); // tests count what a client in the same process holds
  const { endpoint: apiEndpoint, close } = await listen(server);
  return {
    apiEndpoint,
    bucket,
    ...keys.credentials,
    requests,
    objectNames: () => store.names(),
    openUploads: () => uploads.openUploads(),
    fail: (part) => outages.start(part),
    close: async () => {
      await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function createKeys() {
  const [genuine, other] = await Promise.all([createPrivateKey(), createPrivateKey()]);
  const keyOf = (account: string, privateKey: string): ServiceAccountKey => ({
    type: "service_account",
    client_email: `${account}@stowage-test.iam.gserviceaccount.com`,
    private_key: privateKey,
    project_id: "stowage-test",
  });
  const credentials = {
    credentials: keyOf("admin", genuine),
    readerCredentials: keyOf("reader", genuine),
    deniedCredentials: keyOf("denied", genuine),
    wrongCredentials: keyOf("admin", other),
  };
  const roles: [ServiceAccountKey, Role][] = [
    [credentials.credentials, "admin"],
    [credentials.readerCredentials, "reader"],
    [credentials.deniedCredentials, "none"],
  ];
  return { credentials, accounts: roles.map(([key, role]) => accountOf(key, role)) };
}

/** Short keys, because they are quickly made. */
async function createPrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 1_024 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || !response.socket?.writable) return void response.destroy();
  const refusal = error instanceof GcsReplyError ? error : asRefusal(error);
  const isMedia = request.url?.includes("alt=media");
  const text = isMedia ? refusal.message : JSON.stringify(refusal);
  request.resume();
  const contentType = isMedia ? "text/html; charset=UTF-8" : "application/json; charset=UTF-8";
  response
    .writeHead(refusal.status, { "content-type": contentType, "content-length": Buffer.byteLength(text) })
    .end(text);
}

function asRefusal(error: unknown): GcsReplyError {
  if (error instanceof SyntaxError) return new GcsReplyError(400, "parseError", "Parse Error");
  return new GcsReplyError(500, "backendError", `The test server failed: ${String(error)}`);
}
