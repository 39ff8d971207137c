/** Something did not come to its end in time. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** Settles as `promise` does, or rejects with a {@link TimeoutError} after so many milliseconds. */
export async function withTimeout<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`${what} is not over after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
