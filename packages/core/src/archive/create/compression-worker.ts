import { workerData } from "node:worker_threads";
import { nodeThreadDisk } from "../../disk/node-thread-disk.ts";
import { serveCompression } from "./compress-in-thread.ts";

serveCompression(workerData, nodeThreadDisk);
