import type { S3Client } from "@aws-sdk/client-s3";

/** The commands whose body is content, and comes with a checksum. */
const WITH_CONTENT = new Set(["PutObjectCommand", "UploadPartCommand"]);

/**
 * Has the client sign content without hashing it: the checksum, which is signed, finds what goes wrong on the way.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function leavePayloadUnsigned(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        if (WITH_CONTENT.has(commandName ?? "")) headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
        return next(args);
      },
    { step: "build", name: "leavePayloadUnsigned" },
  );
}
