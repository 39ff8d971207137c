/** What is used of a filesystem, which this package does not know. */
interface Bucket {
  open(): Promise<unknown>;
  close(): Promise<void>;
  /** Takes the whole name of an object for its key. */
  readonly driver: {
    write(key: string, content: AsyncIterable<Uint8Array>, options: { signal: AbortSignal }): Promise<unknown>;
    delete(key: string, options: { signal: AbortSignal }): Promise<void>;
  };
}

/**
 * Puts objects into a bucket that no filesystem behind `prefix` may show: in folders below it, beside it, above it, and the markers
 * that other programs make for folders. `bucket` is a filesystem without a prefix. A marker that the service refuses, for files and
 * folders cannot share a name in it, rejects too unless `onRefused` takes it.
 */
export async function putNeighbours(bucket: Bucket, prefix: string, onRefused = rethrow): Promise<void> {
  await whileOpen(bucket, async () => {
    for (const name of ordinaryNames(prefix)) await put(bucket, name);
    for (const name of specialNames(prefix)) await put(bucket, name).catch((error) => onRefused(error, name));
  });
}

/** Removes what {@link putNeighbours} has put. */
export async function removeNeighbours(bucket: Bucket, prefix: string): Promise<void> {
  const { signal } = new AbortController();
  await whileOpen(bucket, async () => {
    for (const name of [...specialNames(prefix), ...ordinaryNames(prefix)])
      await bucket.driver.delete(name, { signal });
  });
}

async function whileOpen(bucket: Bucket, action: () => Promise<void>): Promise<void> {
  try {
    await bucket.open();
    await action();
  } finally {
    await bucket.close();
  }
}

function ordinaryNames(prefix: string): string[] {
  const folders = [
    `${prefix}/0-folder`,
    `${prefix}/zz-folder/deep`,
    `${prefix}2`,
    `${prefix}-old`,
    prefix.slice(0, -1),
  ];
  return folders.map((folder) => `${folder}/a`);
}

/** The marker of the folder itself, that of a folder below it, and an object that has the folder's name. */
function specialNames(prefix: string): string[] {
  return [`${prefix}/`, `${prefix}/mm-folder/`, prefix];
}

/** A marker has no content; nor need the others. */
async function put({ driver }: Bucket, name: string): Promise<void> {
  await driver.write(name, noContent(), { signal: new AbortController().signal });
}

async function* noContent(): AsyncIterable<Uint8Array> {}

function rethrow(error: unknown, _name: string): void {
  throw error;
}
