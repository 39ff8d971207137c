export { MemoryDriver } from "./memory-driver.ts";
export { type MemoryFilesystemOptions, memoryFilesystem } from "./memory-filesystem.ts";
