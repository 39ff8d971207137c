import { workerData } from "node:worker_threads";
import { serveCompression } from "../../src/archive/create/compress-in-thread.ts";
import { nodeThreadDisk } from "../../src/disk/node-thread-disk.ts";
import { faultyThreadDisk, type ThreadFaults } from "./thread-faults.ts";

serveCompression(workerData, faultyThreadDisk(nodeThreadDisk, (workerData as { faults: ThreadFaults }).faults));
