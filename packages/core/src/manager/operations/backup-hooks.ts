/** Code that runs around the steps of an operation. An error from it fails the operation. */
export interface BackupHooks {
  /** Before the data directory is read: the application pauses its writes. */
  beforeSnapshot?(details: { key: string }): void | Promise<void>;
  /** After it was read, and after a failure too. */
  afterSnapshot?(details: { key: string }): void | Promise<void>;
  /** When the restored data is staged and checked, before anything is replaced: the application closes its databases. */
  beforeSwap?(details: { key: string }): void | Promise<void>;
  /** After the data was replaced, or was put back: the application reopens its databases. */
  afterSwap?(details: { key: string; restored: boolean }): void | Promise<void>;
  /** After a restore that succeeded: the application restarts itself. */
  onRestored?(details: { key: string }): void | Promise<void>;
}
