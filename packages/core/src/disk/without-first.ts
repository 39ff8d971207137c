/** What is left of pieces behind their first bytes. */
export function withoutFirst(pieces: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  let start = 0;
  return pieces.flatMap((piece) => {
    const skipped = Math.min(piece.length, Math.max(0, size - start));
    start += piece.length;
    return skipped < piece.length ? [piece.subarray(skipped)] : [];
  });
}
