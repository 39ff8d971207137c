import { nearestName, StowageError } from "@stowage/core/driver";
import type { S3Options } from "./s3-options.ts";
import { S3_SERVICES, type S3Service } from "./services.ts";

const REGION = "<region>";

/**
 * The options with those of the `service` that they name, as far as they are not given themselves. Region and endpoint follow from each
 * other where the service's URLs name the region. Throws `CONFIG_INVALID` for a service that is not known, with the nearest name, and
 * where neither says which endpoint is meant.
 */
export function withServiceOptions<Given extends S3Options>(options: Given, partSize: number): Given {
  const { service: name } = options;
  if (name === undefined) return options;
  const service = serviceOf(name);
  const region = options.region ?? regionOf(service, options.endpoint) ?? service.region;
  const endpoint = options.endpoint ?? endpointOf(name, service, region);
  const { checksums, forcePathStyle, maxParts } = service;
  return {
    ...given({ checksums, forcePathStyle, maxParts }),
    ...options,
    ...given({ region, endpoint }),
    capabilities: { ...conditionsOf(service, partSize), ...given(options.capabilities ?? {}) },
  };
}

/** The service whose URLs look like that one, if there is one. */
export function serviceAt(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const { hostname } = new URL(url);
  const found = Object.entries(S3_SERVICES).find(([, { endpoint }]) => endpoint && patternOf(endpoint).test(hostname));
  return found?.[0];
}

function serviceOf(name: string): S3Service {
  const names = Object.keys(S3_SERVICES);
  const known = names.find((key) => key === name);
  if (known !== undefined) return S3_SERVICES[known as keyof typeof S3_SERVICES];
  const nearest = nameByTitle(name) ?? nearestName(name, names);
  const hint = nearest === undefined ? `there are ${names.join(", ")}` : `did you mean ${nearest}?`;
  throw new StowageError("CONFIG_INVALID", `service: no such service; ${hint}`);
}

/** The service that has that word in its title, such as "cloudflare". */
function nameByTitle(word: string): string | undefined {
  const hasWord = ({ title }: S3Service) => title.toLowerCase().split(" ").includes(word.toLowerCase());
  return Object.entries(S3_SERVICES).find(([, service]) => hasWord(service))?.[0];
}

function conditionsOf({ conditions }: S3Service, partSize: number): NonNullable<S3Options["capabilities"]> {
  if (conditions === "none") return { conditionalCreate: false };
  return conditions === "one-request" ? { conditionalCreateSize: partSize } : {};
}

/** The region in a URL of the service. */
function regionOf({ endpoint }: S3Service, url: string | undefined): string | undefined {
  if (url === undefined || !endpoint?.includes(REGION)) return undefined;
  return patternOf(endpoint).exec(new URL(url).hostname)?.groups?.region;
}

function endpointOf(name: string, { title, endpoint }: S3Service, region: string | undefined): string | undefined {
  if (name === "aws") return undefined;
  const url = region === undefined ? endpoint : endpoint?.replace(REGION, region);
  if (url !== undefined && !url.includes("<")) return url;
  const form = endpoint === undefined ? "" : `, such as ${endpoint}`;
  const orRegion = endpoint?.replace(REGION, "").includes("<") === false ? "endpoint or region" : "endpoint";
  throw new StowageError("CONFIG_INVALID", `${orRegion}: ${title} needs it${form}`);
}

/** What host names of that form look like. */
function patternOf(endpoint: string): RegExp {
  const host = /^https:\/\/(.*)$/.exec(endpoint)?.[1] ?? "";
  const pattern = host
    .replaceAll(".", "\\.")
    .replace(/<(?!region)\w+>/g, "[^.]+")
    .replace(REGION, "(?<region>[a-z0-9-]+)");
  return new RegExp(`^${pattern}$`);
}

function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}
