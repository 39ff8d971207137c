/**
 * Runs `before`, then `action`, then `after`, which runs whatever failed and learns whether `action` succeeded.
 * A failure of `after` counts only if nothing failed earlier.
 */
export async function withHooks<T>(
  before: () => unknown,
  action: () => Promise<T>,
  after: (succeeded: boolean) => unknown,
): Promise<T> {
  let result: T;
  try {
    await before();
    result = await action();
  } catch (error) {
    await Promise.allSettled([call(after, false)]);
    throw error;
  }
  await after(true);
  return result;
}

async function call<A>(hook: (argument: A) => unknown, argument: A): Promise<void> {
  await hook(argument);
}
