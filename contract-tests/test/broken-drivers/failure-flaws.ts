import { Filesystem, type FilesystemDriver, StowageError } from "@stowage/core";
import type { Classification } from "@stowage/core/driver";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { failingToOpen, SECRET, waiting } from "../reference-harness.ts";
import { brokenDriver, brokenPlace, type Flaw } from "./flaw.ts";

const ABSENT: Classification = { code: "NOT_FOUND", retryable: false };
const OUTAGE = ["errors/outage"];

interface Shapes {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly status?: unknown };
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

export const failureFlaws: readonly Flaw[] = [
  ...(["open", "stat", "list", "read", "delete"] as const).map(unstoppable),
  classifying("a server that fails means that nothing is there", ({ status }) => Number(status) >= 500),
  classifying("a refusal means that nothing is there", ({ statusCode }) => statusCode === 403),
  classifying("a refusal of an SDK means that nothing is there", ({ $metadata }) => $metadata?.httpStatusCode === 403),
  classifying("whatever a server refuses is missing", ({ response }) => Number(response?.status) < 500),
  classifying("a host that is not found means that nothing is there", ({ code }) => code === "ENOTFOUND"),
  classifying("a text about what is not found means that nothing is there", (error) => {
    return error instanceof Error && /not ?found/i.test(error.message);
  }),
  classifying("a text about what is missing means that nothing is there", (error) => {
    return error instanceof Error && /404|no such|missing/i.test(error.message);
  }),
  classifying("whatever began with a missing file means that nothing is there", (error) => {
    return error instanceof Error && (error.cause as Shapes | undefined)?.code === "ENOENT";
  }),
  classifying("a directory that cannot be looked into is empty", ({ code }) => code === "EACCES"),
  classifying("a disk that fails is empty", ({ code }) => code === "EIO"),
  classifying("a request that failed found nothing", (error) => {
    return error instanceof TypeError && error.message === "fetch failed";
  }),
  brokenDriver(
    "an error of the system is a code as it is",
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      override classify(error: unknown): Classification {
        const { code } = (error ?? {}) as { code?: Classification["code"] };
        return typeof code === "string" && /^E[A-Z]+$/.test(code) ? { code, retryable: false } : super.classify(error);
      }
    },
  ),
  brokenDriver(
    "what an error means depends on the one before",
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      #last: unknown;
      override classify(error: unknown): Classification {
        const isNew = error !== this.#last;
        this.#last = error;
        return isNew && error instanceof DOMException ? { code: "ABORTED", retryable: this.#count++ > 0 } : UNKNOWN;
      }
      #count = 0;
    },
  ),
  brokenDriver(
    "an abort is worth a retry",
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      override classify(error: unknown): Classification {
        if (error instanceof Error && error.name === "AbortError") return { code: "ABORTED", retryable: true };
        return super.classify(error);
      }
    },
  ),
  brokenDriver(
    "errno is the code",
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      override classify(error: unknown): Classification {
        const { code = "INTERNAL" } = (error ?? {}) as { code?: Classification["code"] };
        return { code, retryable: false };
      }
    },
  ),
  showing("the request is in the error of a missing object", ["errors/no-credentials"], "stat", {
    headers: { authorization: "Bearer ya29.a0AfB_byC" },
  }),
  showing("the options are in the error of a read", ["errors/no-credentials"], "read", {
    secretAccessKey: "wJalrXUtnFEMIK7MDENG",
  }),
  showing("a URL with a password is in the error of a read", ["errors/no-credentials"], "read", {
    url: "https://backup:hunter22@storage.example/a",
  }),
  showing("secrets are in the error of a read", ["errors/no-secret"], "read", SECRET),
  brokenPlace("secrets are in the cause of an error of a write", ["errors/no-secret"], {
    changes: (_namespace, place) => ({
      openDenied: () => {
        const error = new StowageError("UNAUTHENTICATED", "no", { cause: { options: { key: SECRET } } });
        return new Filesystem(failingToOpen(new ReferenceDriver(place), error));
      },
    }),
  }),
  down("stat takes an outage for absence", (driver) => ({
    stat: (key, options) => driver.stat(key, options).catch(asMissing),
  })),
  down("read takes an outage for absence", (driver) => ({
    read: (key, options) => driver.read(key, options).catch(asMissing),
  })),
  down("a list ends where the storage fails", (driver) => ({
    list: (options) => {
      const page = driver.list(options);
      return options.cursor === undefined ? page : page.catch(() => ({ files: [] }));
    },
  })),
  down("a list of a storage that fails is empty", (driver) => ({
    list: (options) => driver.list(options).catch(() => ({ files: [] })),
  })),
  down("a delete that fails resolves", (driver) => ({
    delete: (key, options) => driver.delete(key, options).catch(() => {}),
  })),
  down("a create-only write that fails takes the key for taken", (driver) => ({
    write: (key, content, options) =>
      driver.write(key, content, options).catch((error: unknown) => {
        throw options.ifNotExists ? new StowageError("ALREADY_EXISTS", "taken") : error;
      }),
  })),
  down("a write that failed is made up for later", (driver) => ({
    write: async (key, content, options) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      return driver.write(key, again(chunks), options).catch((error: unknown) => {
        const { signal: _, ...others } = options;
        const later = { ...others, signal: new AbortController().signal };
        const retry = (): void => {
          driver.write(key, again(chunks), later).catch(() => setTimeout(retry, 5).unref());
        };
        retry();
        throw error;
      });
    },
  })),
];

const UNKNOWN: Classification = { code: "INTERNAL", retryable: false };

async function* again(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* chunks;
}

function asMissing(): never {
  throw new StowageError("NOT_FOUND", "nothing there");
}

function classifying(name: string, isAbsence: (error: Shapes) => boolean): Flaw {
  return brokenDriver(
    name,
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      override classify(error: unknown): Classification {
        return error && isAbsence(error) ? ABSENT : super.classify(error);
      }
    },
  );
}

/** A driver whose errors tell too much. */
function showing(name: string, caughtBy: readonly string[], verb: "stat" | "read", cause: unknown): Flaw {
  const revealing = (error: unknown) => {
    throw new StowageError((error as StowageError).code, "failed", { cause });
  };
  return brokenPlace(name, caughtBy, {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, {
        [verb]: (key: string, options: never) => driver[verb](key, options).catch(revealing),
      });
    },
  });
}

function down(name: string, change: (driver: FilesystemDriver) => Partial<FilesystemDriver>): Flaw {
  return brokenPlace(name, OUTAGE, {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, change(driver));
    },
  });
}

function unstoppable(verb: "open" | "stat" | "list" | "read" | "delete"): Flaw {
  const place = brokenPlace(`no signal stops a call of ${verb}`, ["errors/silent-server"], {
    changes: (_, place) => ({ openSilent: () => new Filesystem(waiting(new ReferenceDriver(place), verb)) }),
  });
  return { ...place, isHanging: true };
}
