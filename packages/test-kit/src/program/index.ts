export { bundle } from "./bundle.ts";
export { forkSource, sourceProgram } from "./source-program.ts";
