import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";

/** The keys of the multipart uploads that are open below the prefix of an `s3:` URL. */
export async function openUploads(url: URL): Promise<string[]> {
  const endpoint = url.searchParams.get("endpoint");
  const client = new S3Client({
    region: url.searchParams.get("region") ?? (endpoint ? "us-east-1" : undefined),
    ...(endpoint && { endpoint, forcePathStyle: true }),
  } as ConstructorParameters<typeof S3Client>[0] & object);
  try {
    const request = { Bucket: url.hostname, Prefix: `${decodeURIComponent(url.pathname).slice(1)}/` };
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(request));
    return Uploads.map(({ Key }) => String(Key));
  } finally {
    client.destroy();
  }
}
