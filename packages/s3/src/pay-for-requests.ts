import type { S3Client } from "@aws-sdk/client-s3";

/**
 * Has each request of the client say that its sender pays for it; in a signed URL it stands among the parameters.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ObjectsinRequesterPaysBuckets.html
 */
export function payForRequests(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-amz-request-payer"] = "requester";
      return next(args);
    },
    { step: "build", name: "payForRequests" },
  );
}
