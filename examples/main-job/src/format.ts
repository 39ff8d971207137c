/** Writes bytes as people read them: "61.2 MB", where 1 MB is 1,000,000 bytes. */
export function formatSize(size: number): string {
  if (size < 1000) return `${size} bytes`;
  if (size < 1_000_000) return `${(size / 1000).toFixed(1)} kB`;
  if (size < 1_000_000_000) return `${(size / 1_000_000).toFixed(1)} MB`;
  return `${(size / 1_000_000_000).toFixed(2)} GB`;
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}

export function formatRate(size: number, seconds: number): string {
  return `${Math.round(size / 1_000_000 / Math.max(seconds, 0.001))} MB/s`;
}
