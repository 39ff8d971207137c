import { errnoOf } from "./errno-of.ts";

/** As file systems say that there is no sync of directories: FUSE, CIFS, 9p. A write that failed is never told so. */
const NO_SYNC: ReadonlySet<string | undefined> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EPERM"]);

let isTold = false;

/**
 * Makes the names in an open directory durable where the file system can do that. Where it cannot, the process is warned once: the content
 * counts, and a power cut may undo what was renamed.
 */
export async function syncIfKept(path: string, sync: () => Promise<void>): Promise<void> {
  try {
    await sync();
  } catch (error) {
    const code = errnoOf(error);
    if (!NO_SYNC.has(code)) throw error;
    if (isTold) return;
    isTold = true;
    process.emitWarning(
      `the file system of ${path} does not make names durable (${code}): after a power cut, names may be as they were before`,
    );
  }
}
