/** The names that users rely on, by the entry that exports them. */
export const PUBLIC_NAMES = {
  values: {
    "@stowage/core": [
      "BackupManager",
      "Filesystem",
      "mirrored",
      "needsRecovery",
      "prefixed",
      "recover",
      "StowageError",
    ],
    "@stowage/core/driver": [
      ...["StowageError", "abortError", "assertOptions", "rule", "assertValidKey", "compareKeys", "errnoOf", "retry"],
      ...["classifyByRules", "bucketRule", "rangeWithin", "IdleWatch", "resumedContent", "provenWrite", "attachment"],
    ],
    "@stowage/local": ["localFilesystem", "LocalDriver"],
    "@stowage/memory": ["memoryFilesystem", "MemoryDriver"],
    "@stowage/s3": ["s3Filesystem", "S3Driver"],
    "@stowage/gcs": ["gcsFilesystem", "GcsDriver"],
    "@stowage/http": ["createBackupsHandler", "adminAuthentication", "hashPassword", "ApiError"],
    "@stowage/http/node": ["toNodeListener", "toFastifyPlugin", "createBackupsServer"],
    "@stowage/contract-tests": ["testFilesystem", "cases", "checkFilesystem"],
    stowage: ["openFilesystem"],
  },
  types: {
    "@stowage/core": [
      "BackupInfo",
      "BackupManagerOptions",
      "Capabilities",
      "ErrorCode",
      "FileInfo",
      "FilesystemDriver",
    ],
    "@stowage/core/driver": ["Classification", "FileInfo", "FilesystemDriver", "OptionRules", "RetryPolicy"],
    "@stowage/http": ["Authentication", "BackupsHandler", "BackupsHandlerOptions", "Caller", "ClientInfo"],
  },
};
