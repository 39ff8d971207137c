export { groupDirectories, IN_MEMORY, temporaryDirectory } from "./temporary-directory.ts";
export { readTree, type Tree, writeTree } from "./tree.ts";
