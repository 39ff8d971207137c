export { goOnAfterKill, KILL_LOCK_TTL_MS, KILLED, OLDER, writeDataToKill } from "./go-on-after-kill.ts";
export { type KillFigures, killCreates } from "./kill-creates.ts";
export { obeyKillOrders } from "./obey-kill-orders.ts";
