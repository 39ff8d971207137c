/** Prints as many free ports of 127.0.0.1 as the argument says. */
import { freePorts } from "../rules/free-ports.mjs";

console.log((await freePorts(Number(process.argv[2] ?? 1))).join(" "));
