export { MemoryDriver } from "./memory-driver.ts";
export { memoryFilesystem } from "./memory-filesystem.ts";
export type { MemoryOptions } from "./memory-options.ts";
export { MEMORY_OPTION_RULES } from "./option-rules.ts";
