import { type RestoreOrder, restoreInThreads } from "./restore-in-threads.ts";
import type { ThreadFaults } from "./thread-faults.ts";

type Message = Omit<RestoreOrder, "program" | "faults"> & { program: string; faults: Omit<ThreadFaults, "calls"> };

const order = JSON.parse(process.argv[2] ?? "") as Message;
const faults = { ...order.faults, calls: new SharedArrayBuffer(4) };
await restoreInThreads({ ...order, program: new URL(order.program), faults });
