import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { answerWith, type RecordedRequest } from "@stowage/test-kit";
import { describe, expect, it, onTestFinished } from "vitest";
import { takeRows } from "../src/list/take-rows.ts";
import { S3Driver } from "../src/s3-driver.ts";
import { optionsFor, startBed } from "./bed.ts";

const TIME = "2026-01-02T03:04:05.678Z";
const KEY = "<Key>a.zip</Key>";
const REST = `<LastModified>${TIME}</LastModified><ETag>&quot;1-2&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass>`;
const ROW = `<Contents>${KEY}${REST}</Contents>`;
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><IsTruncated>false</IsTruncated>';
const TAIL = "</ListBucketResult>";

/** Answers that services give, or could. */
const PLAIN: Record<string, string> = {
  "one object": ROW,
  "an ETag in literal quotes": ROW.replaceAll("&quot;", '"'),
  "an ETag in quotes by number": ROW.replaceAll("&quot;", "&#34;"),
  "no fraction of the second": ROW.replace(".678", ""),
  "another order": `<Contents>${REST}${KEY}</Contents>`,
  "checksums, of which there may be several":
    "<Contents><Key>a</Key><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA1</ChecksumAlgorithm>" +
    `<ChecksumType>FULL_OBJECT</ChecksumType>${REST}</Contents>`,
  "indented lines": `\n  <Contents>\n    ${KEY}\n    ${REST}\n  </Contents>\n  ${ROW.replace("a.zip", "b")}\n`,
  "an encoded key": `<EncodingType>url</EncodingType>${ROW.replace("a.zip", "a+%26%C3%BC")}`,
  "elements between and behind": `<Name>b</Name>${ROW}<KeyCount>1</KeyCount>`,
};

/** Answers that are left to the SDK, whatever it makes of them. */
const UNUSUAL: Record<string, string> = {
  "no objects": "",
  "an owner": ROW.replace("</Contents>", "<Owner><ID>1</ID></Owner></Contents>"),
  "an entity in a key": ROW.replace("a.zip", "a&amp;b"),
  "a comment": `<!-- ${ROW} -->${ROW}`,
  "character data": ROW.replace("a.zip", "<![CDATA[a<b]]>"),
  "line ends of DOS": ROW.replace("<Key>", "\r\n<Key>"),
  "an attribute": ROW.replace("<Key>", "<Key of='x'>"),
  "an object with an attribute": `<Contents of="x">${KEY}${REST}</Contents>${ROW.replace("a.zip", "b")}`,
  "something between objects": `${ROW}<Name>b</Name>${ROW.replace("a.zip", "b")}`,
  "a key twice": ROW.replace(KEY, KEY + KEY),
  "no key": ROW.replace(KEY, ""),
  "an empty ETag": ROW.replace("&quot;1-2&quot;", ""),
  "a size that is none": ROW.replace("7<", "many<"),
  "a time with an offset": ROW.replace("Z<", "+01:00<"),
  "a time that is none": ROW.replace("-01-02", "-77-02"),
  "a tag that is not closed": ROW.replace("</Size>", ""),
  "an object that is not closed": ROW.replace("</Contents>", ""),
};

describe("the objects of a list", () => {
  it.each(Object.entries(PLAIN))("are taken out: %s", (_what, body) => {
    const taken = takeRows(HEAD + body + TAIL);

    expect(taken?.objects.length).toBeGreaterThan(0);
    expect(taken?.rest).toMatch(/^<\?xml.*<\/ListBucketResult>$/s);
    expect(taken?.rest).not.toContain("Contents");
  });

  it.each(Object.entries(UNUSUAL))("are left to the SDK: %s", (_what, body) => {
    expect(takeRows(HEAD + body + TAIL)).toBeUndefined();
  });

  it.each(Object.entries({ ...PLAIN, ...UNUSUAL }))("are what the SDK says: %s", async (_what, body) => {
    const { driver, client, bucket } = await answering(HEAD + body + TAIL);
    const { signal } = new AbortController();

    const ours = await driver.list({ prefix: "", limit: 9, signal }).catch(() => "failed");
    const theirs = await client.send(new ListObjectsV2Command({ Bucket: bucket })).catch(() => "failed");

    expect(described(ours)).toEqual(described(theirs));
  });
});

/** Opens a driver and a plain client that get one answer to every list. */
async function answering(body: string) {
  const { server, proxy } = await startBed();
  const match = ({ query }: RecordedRequest) => query.has("list-type");
  proxy.inject({ match, fault: answerWith(200, body) });
  const { bucket, credentials } = server;
  const { endpoint } = proxy;
  const driver = new S3Driver({ ...optionsFor(server, endpoint), retry: { attempts: 1 } });
  const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true, maxAttempts: 1 });
  onTestFinished(() => driver.close());
  onTestFinished(() => client.destroy());
  return { driver, client, bucket };
}

type Answer =
  | string
  | { files: readonly { key: string; size: number; modifiedAt: Date; etag?: string }[] }
  | {
      Contents?: readonly { Key?: string; Size?: number; LastModified?: Date; ETag?: string }[];
      EncodingType?: string;
    };

/** Brings both answers into one form. What the driver refuses because it lacks a field is missing in the SDK's. */
function described(answer: Answer): unknown {
  if (typeof answer === "string") return answer;
  if ("files" in answer) return answer.files.map((file) => [file.key, file.size, file.modifiedAt, file.etag]);
  const decode = (key: string) => (answer.EncodingType ? decodeURIComponent(key.replaceAll("+", " ")) : key);
  const objects = "Contents" in answer ? (answer.Contents ?? []) : [];
  return objects
    .filter(({ Key }) => Key !== undefined)
    .map(({ Key = "", Size, LastModified, ETag }) => [decode(Key), Size, LastModified, ETag]);
}
