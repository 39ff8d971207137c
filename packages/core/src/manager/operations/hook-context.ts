import { AsyncLocalStorage } from "node:async_hooks";

/** One for all managers, in use only while a hook runs: Node 20 and 22 pay for each one that is in use with every promise. */
const storage = new AsyncLocalStorage<readonly object[]>();
let hooksRunning = 0;

/** Runs a hook of an operation, which {@link operationsAround} knows in everything that the hook awaits. */
export async function insideHookOf<T>(operation: object, hook: () => T): Promise<Awaited<T>> {
  hooksRunning += 1;
  try {
    return await storage.run([...operationsAround(), operation], hook);
  } finally {
    hooksRunning -= 1;
    if (hooksRunning === 0) storage.disable();
  }
}

/** The operations that wait for the hook in which this is called: several if a hook runs an operation that has hooks. */
export function operationsAround(): readonly object[] {
  return storage.getStore() ?? [];
}
