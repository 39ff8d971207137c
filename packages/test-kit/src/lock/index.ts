export { runLockRace } from "./lock-race.ts";
export type { LockStorage } from "./lock-storage.ts";
export { serveTurns } from "./serve-turns.ts";
export { type HolderStop, isConfirmation, SUCCESSOR, stopHolders } from "./stopped-holder.ts";
