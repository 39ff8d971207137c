/** What is used of a filesystem, which this package does not know. */
interface Place {
  write(key: string, content: Uint8Array): Promise<unknown>;
  close(): Promise<void>;
}

/** Puts objects into a bucket that no filesystem behind `prefix` may show: in folders below it, beside it, and at the top. */
export async function putNeighbours(open: (prefix: string) => Place, prefix: string): Promise<void> {
  const prefixes = [
    `${prefix}/0-folder`,
    `${prefix}/zz-folder/deep`,
    `${prefix}2`,
    `${prefix}-old`,
    prefix.slice(0, -1),
  ];
  for (const other of prefixes) {
    const place = open(other);
    await place.write("a", Buffer.from(other));
    await place.close();
  }
}
