import { nodeThreadDisk } from "../../disk/node-thread-disk.ts";
import { serveExtraction } from "./extract-in-thread.ts";

serveExtraction(nodeThreadDisk);
