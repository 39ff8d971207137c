/** What is left of buffers behind their first bytes. */
export function withoutFirst(buffers: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  let start = 0;
  return buffers.flatMap((buffer) => {
    const skipped = Math.min(buffer.length, Math.max(0, size - start));
    start += buffer.length;
    return skipped < buffer.length ? [buffer.subarray(skipped)] : [];
  });
}
