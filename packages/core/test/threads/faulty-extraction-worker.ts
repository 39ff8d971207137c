import { workerData } from "node:worker_threads";
import { serveExtraction } from "../../src/archive/extract/extract-in-thread.ts";
import { nodeThreadDisk } from "../../src/disk/node-thread-disk.ts";
import { faultyThreadDisk, type ThreadFaults } from "./thread-faults.ts";

serveExtraction(faultyThreadDisk(nodeThreadDisk, (workerData as { faults: ThreadFaults }).faults));
