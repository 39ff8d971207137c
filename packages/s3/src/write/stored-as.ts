import { WRITE_ID } from "@stowage/core/driver";
import type { S3Settings } from "../s3-options.ts";
import type { ObjectWrite } from "./object-write.ts";

/** What PutObject and CreateMultipartUpload say about the object besides its bytes. Never an ACL. */
export function storedAs(settings: S3Settings, write: ObjectWrite) {
  const { storageClass, serverSideEncryption } = settings;
  return {
    Metadata: { [WRITE_ID]: write.id },
    ...write.retention,
    ...(write.contentType === undefined ? {} : { ContentType: write.contentType }),
    // The SDK types the names that AWS knew when it was released; a service may know others.
    ...(storageClass === undefined ? {} : { StorageClass: storageClass as "STANDARD" }),
    ...(serverSideEncryption === undefined ? {} : { ServerSideEncryption: serverSideEncryption.algorithm }),
    ...(serverSideEncryption?.keyId === undefined ? {} : { SSEKMSKeyId: serverSideEncryption.keyId }),
  };
}
