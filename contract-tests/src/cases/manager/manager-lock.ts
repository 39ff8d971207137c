import assert from "node:assert/strict";
import type { BackupManager, FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertRejects } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { interceptCalls } from "../../faults/intercept-calls.ts";
import { withManagedDirectory } from "./managed-directory.ts";

/** An operation does fewer driver calls by far; more would be a loop. */
const MOST_CALLS = 100;

/** The place is this case's alone, so its lock keeps nobody else out. */
const REQUIRED = { lock: "required" } as const;

export const managerLockCases: readonly ContractCase[] = [
  {
    id: "manager/lock-in-the-storage",
    title:
      "of two managers on one storage one waits for the other, and each takes the lock once the other has released it",
    tier: "fast",
    needs: ["conditionalCreate"],
    run: (context) =>
      withManagers(context, async ({ first, second, whileHeld }) => {
        const names = [context.key("first.zip"), context.key("second.zip"), context.key("third.zip")] as const;
        whileHeld(async () => void (await assertRejects(() => second.create({ name: names[1] }), "BUSY")));
        await first.create({ name: names[0] });
        whileHeld(async () => {});
        await assertAbsent(context.filesystem, names[1]);
        await second.create({ name: names[1] });
        await first.create({ name: names[2] });
        for (const name of names) await second.verify(name);
        const listed = (await first.list()).map(({ key }) => key).filter((key) => key.startsWith(context.prefix));
        assertEqual(listed.sort(), [...names].sort(), "the backups listed, of which the lock is none");
      }),
  },
  failing("create", {
    title:
      "a create under the lock of the storage stores all or nothing and frees it, whichever call of the driver fails",
    needs: ["conditionalCreate"],
    run: async ({ manager, name }) => void (await manager.create({ name })),
    assertDone: (context, name) => verifyHere(context, name),
    assertUndone: (context, name) => assertAbsent(context.filesystem, name),
  }),
  failing("restore", {
    title: "a restore brings all back or changes nothing, and frees the lock, whichever call of the driver fails",
    needs: ["conditionalCreate"],
    prepare: async ({ manager, name }) => void (await manager.create({ name })),
    run: async ({ manager, name }) => void (await manager.restore(name)),
    assertDone: (context, name) => verifyHere(context, name),
    assertUndone: (context, name) => verifyHere(context, name),
  }),
  failing("delete", {
    title: "a delete of a backup takes it away or leaves it whole, whichever call of the driver fails",
    needs: ["conditionalCreate"],
    prepare: async ({ manager, name }) => void (await manager.create({ name })),
    run: ({ manager, name }) => manager.delete(name),
    assertDone: (context, name) => assertAbsent(context.filesystem, name),
    assertUndone: (context, name) => verifyHere(context, name),
  }),
];

interface Attempt {
  readonly manager: BackupManager;
  readonly name: string;
}

interface Failing extends Pick<ContractCase, "title" | "needs"> {
  /** What has to be there before, by a handle that nothing is wrong with. */
  prepare?(attempt: Attempt): Promise<void>;
  run(attempt: Attempt): Promise<void>;
  assertDone(context: CaseContext, name: string): Promise<void>;
  assertUndone(context: CaseContext, name: string): Promise<void>;
}

/** An operation of the manager with a fault at its i-th call of the driver, for every i. */
function failing(operation: string, { title, needs = [], ...steps }: Failing): ContractCase {
  return {
    id: `manager/failing-${operation}-under-lock`,
    title,
    tier: "slow",
    needs,
    run: async (context) => {
      for (let nth = 1; nth <= MOST_CALLS; nth++) {
        if (!(await hasFailed(context, context.key(`${operation}-${nth}.zip`), nth, steps))) return;
      }
      assert.fail(`a ${operation} still makes calls after ${MOST_CALLS}`);
    },
  };
}

/** Tries the operation once, and says whether it came as far as the call that fails. */
async function hasFailed(
  context: CaseContext,
  name: string,
  nth: number,
  steps: Omit<Failing, "title" | "needs">,
): Promise<boolean> {
  const fault = new Fault(nth);
  const filesystem = context.openThrough((driver) => fault.in(driver));
  await withManagedDirectory(context, { ...REQUIRED, filesystem }, async ({ manager, change, assertContent }) => {
    await steps.prepare?.({ manager, name });
    if (steps.prepare) await change("logs/app.log", "changed since");
    fault.arm();
    const isDone = await steps.run({ manager, name }).then(
      () => true,
      () => false,
    );
    fault.disarm();
    const isChanged = steps.prepare && !(isDone && name.includes("restore-"));
    await assertContent(isChanged ? { "logs/app.log": "changed since" } : {});
    await (isDone ? steps.assertDone(context, name) : steps.assertUndone(context, name));
    assert.ok(isDone || fault.hasHit, "nothing fails but the call that was to fail");
    const after = name.replace(".zip", "-after.zip");
    await manager.create({ name: after }); // the lock is free
    await manager.delete(after);
  });
  return fault.hasHit;
}

/** Fails the nth call of a driver since it was armed. */
class Fault {
  readonly #nth: number;
  #count: number | undefined;
  hasHit = false;

  constructor(nth: number) {
    this.#nth = nth;
  }

  arm(): void {
    this.#count = 0;
  }

  disarm(): void {
    this.#count = undefined;
  }

  in(driver: FilesystemDriver): FilesystemDriver {
    return interceptCalls(driver, async (verb, call) => {
      if (this.#count !== undefined && verb !== "close" && ++this.#count === this.#nth) {
        this.hasHit = true;
        throw new Error(`injected failure of ${verb}, call ${this.#nth}`);
      }
      return call();
    });
  }
}

interface TwoManagers {
  readonly first: BackupManager;
  readonly second: BackupManager;
  /** Sets what happens in each create of the first, while it holds the lock. A failure fails the create. */
  whileHeld(action: () => Promise<void>): void;
}

/** Two managers, each with its own data and its own handle. */
async function withManagers(context: CaseContext, action: (managers: TwoManagers) => Promise<void>): Promise<void> {
  let held = async (): Promise<void> => {};
  const whileHeld = (next: () => Promise<void>): void => {
    held = next;
  };
  const hooks = { beforeSnapshot: () => held() };
  await withManagedDirectory(context, { ...REQUIRED, hooks }, async ({ manager: first }) => {
    await withManagedDirectory(context, { ...REQUIRED, filesystem: context.open() }, async ({ manager: second }) => {
      await action({ first, second, whileHeld });
    });
  });
}

/** Verifies a backup by a handle that nothing is wrong with. */
async function verifyHere(context: CaseContext, name: string): Promise<void> {
  await withManagedDirectory(context, { filesystem: context.open() }, async ({ manager }) => {
    await manager.verify(name);
  });
}
