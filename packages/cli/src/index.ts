export type { Environment } from "./environment.ts";
export { type OpenFilesystemOptions, openFilesystem, type UrlScheme } from "./open-filesystem.ts";
