// The scenarios of PocketBase that Stowage fails on purpose, by test and name, each with the reason. One that passes must go.
export const DELIBERATE = new Map([
  [
    "TestBackupUpload: authorized as superuser (valid file)",
    "its zip has no entry: a restore of it would empty the data, so it is refused",
  ],
  [
    "TestBackupsDownload: with valid superuser file token BUT non-whitelisted IP",
    "an allow-list of addresses is a setting of PocketBase; here it is the application's, in front of the handler",
  ],
]);
