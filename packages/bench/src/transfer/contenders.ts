import type { Direction, Service } from "./job.ts";

export interface Contender {
  readonly title: string;
  readonly service: Service;
  readonly direction: Direction;
  /** The name that `openClient` knows. */
  readonly client: string;
  /** The floor is what the benchmark itself costs: making the content, and hashing it on the way down. */
  readonly role: "stowage" | "peer" | "floor";
}

const FLOOR = { title: "no storage: the benchmark itself", client: "floor", role: "floor" } as const;

/** Everybody who takes part, without their code: each is loaded in its own process only. */
export const CONTENDERS: readonly Contender[] = [
  ...of("s3", "up", [
    { title: "Stowage", client: "stowage-s3", role: "stowage" },
    { title: "Stowage, length unknown", client: "stowage-s3-unknown-length", role: "stowage" },
    { title: "Stowage, signPayload: false", client: "stowage-s3-unsigned", role: "stowage" },
    { title: "@aws-sdk/lib-storage Upload", client: "sdk-s3", role: "peer" },
    FLOOR,
  ]),
  ...of("s3", "down", [
    { title: "Stowage", client: "stowage-s3", role: "stowage" },
    { title: "@aws-sdk/client-s3 GetObject", client: "sdk-s3", role: "peer" },
    FLOOR,
  ]),
  ...of("gcs", "up", [
    { title: "Stowage", client: "stowage-gcs", role: "stowage" },
    { title: "@google-cloud/storage createWriteStream", client: "sdk-gcs", role: "peer" },
    FLOOR,
  ]),
  ...of("gcs", "down", [
    { title: "Stowage", client: "stowage-gcs", role: "stowage" },
    { title: "@google-cloud/storage createReadStream", client: "sdk-gcs", role: "peer" },
    FLOOR,
  ]),
];

function of(
  service: Service,
  direction: Direction,
  contenders: readonly Omit<Contender, "service" | "direction">[],
): Contender[] {
  return contenders.map((contender) => ({ ...contender, service, direction }));
}
