// Packs the directory argv[3] into argv[4] with a library of npm that lies in the directory argv[5]: argv[2] says which, and how.
import { createWriteStream } from "node:fs";
import { lstat, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";

const [how, root, target, libraries] = process.argv.slice(2);
const { resolve } = createRequire(join(libraries, "package.json"));
const date = new Date("2024-05-06T07:08:10Z");
const load = (name) => import(pathToFileURL(resolve(name)));

/** Everything below the root, parents first; the name of a directory ends in "/". */
async function walked() {
  const found = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = await lstat(path);
    const isDirectory = entry.isDirectory();
    const isLink = entry.isSymbolicLink();
    const content = isDirectory ? undefined : await contentOf(path, isLink);
    found.push({ path, name: relative(root, path) + (isDirectory ? "/" : ""), mode, isDirectory, isLink, content });
  }
  return found.sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function contentOf(path, isLink) {
  return isLink ? Buffer.from(await readlink(path)) : readFile(path);
}

function typeOf({ isDirectory, isLink }) {
  if (isDirectory) return "directory";
  return isLink ? "symlink" : "file";
}

async function zipJs(options) {
  const { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } = await load("@zip.js/zip.js");
  configure({ useWebWorkers: false });
  const zip = new ZipWriter(new Uint8ArrayWriter(), { lastModDate: date, ...options });
  for (const { name, isDirectory, content } of await walked()) {
    await zip.add(name, isDirectory ? undefined : new Uint8ArrayReader(content), { directory: isDirectory });
  }
  await writeFile(target, await zip.close());
}

async function archiver(options) {
  const { ZipArchive } = await load("archiver");
  const zip = new ZipArchive(options);
  zip.directory(root, false);
  await Promise.all([pipeline(zip, createWriteStream(target)), zip.finalize()]);
}

async function yazl({ streams = false, ...options }) {
  const { default: library } = await load("yazl");
  const zip = new library.ZipFile();
  for (const { path, name, mode, isDirectory, isLink, content } of await walked()) {
    if (isDirectory) zip.addEmptyDirectory(name, { mtime: date, mode });
    else if (streams && !isLink) zip.addReadStream(Readable.from([content]), name, { mtime: date, mode, ...options });
    else if (isLink) zip.addBuffer(content, name, { mtime: date, mode });
    else zip.addFile(path, name, options);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(target));
}

async function jszip(options) {
  const { default: JSZip } = await load("jszip");
  const zip = new JSZip();
  for (const { name, mode, isDirectory, content } of await walked()) {
    zip.file(name, isDirectory ? null : content, { dir: isDirectory, date, unixPermissions: mode });
  }
  await writeFile(target, await zip.generateAsync({ type: "nodebuffer", ...options }));
}

async function admZip(isByFolder) {
  const { default: AdmZip } = await load("adm-zip");
  const zip = new AdmZip();
  if (isByFolder) zip.addLocalFolder(root);
  else for (const { name, content } of await walked()) zip.addFile(name, content ?? Buffer.alloc(0));
  zip.writeZip(target);
}

async function fflate(options) {
  const { zipSync } = await load("fflate");
  const files = (await walked()).map(({ name, content }) => [name, [new Uint8Array(content ?? []), options]]);
  await writeFile(target, zipSync(Object.fromEntries(files)));
}

async function fflateStream() {
  const { Zip, ZipDeflate, ZipPassThrough } = await load("fflate");
  const chunks = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  for (const { name, content } of await walked()) {
    const file = content ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name);
    zip.add(file);
    file.push(new Uint8Array(content ?? []), true);
  }
  zip.end();
  await writeFile(target, Buffer.concat(chunks));
}

async function clientZip(isSized) {
  const { makeZip } = await load("client-zip");
  const files = (await walked()).map(({ name, content }) => ({
    name,
    lastModified: date,
    ...(content && {
      input: isSized ? new Uint8Array(content) : Readable.toWeb(Readable.from([new Uint8Array(content)])),
    }),
  }));
  await pipeline(Readable.fromWeb(makeZip(files)), createWriteStream(target));
}

async function zipStream(options) {
  const library = await load("zip-stream");
  const ZipStream = library.default ?? library.ZipStream;
  const zip = new ZipStream(options);
  const written = pipeline(zip, createWriteStream(target));
  for (const { name, mode, isDirectory, isLink, content } of await walked()) {
    const type = typeOf({ isDirectory, isLink });
    const entry = { name, type, mode, date, ...(isLink && { linkname: String(content) }) };
    await new Promise((done, failed) => {
      const body = isLink || isDirectory ? null : Readable.from(content.length > 0 ? [content] : []);
      zip.entry(body, entry, (error) => (error ? failed(error) : done()));
    });
  }
  zip.finish();
  await written;
}

async function compressing() {
  const { default: library } = await load("compressing");
  await library.zip.compressDir(root, target, { ignoreBase: true });
}

async function zipLib() {
  const { default: library } = await load("zip-lib");
  await library.archiveFolder(root, target);
}

const HOWS = {
  "zip.js": () => zipJs({}),
  "zip.js-zip64": () => zipJs({ zip64: true }),
  "zip.js-stored": () => zipJs({ level: 0 }),
  "zip.js-no-descriptor": () => zipJs({ dataDescriptor: false }),
  "zip.js-no-descriptor-zip64": () => zipJs({ dataDescriptor: false, zip64: true }),
  "zip.js-unsigned-descriptor": () => zipJs({ dataDescriptor: true, dataDescriptorSignature: false }),
  "zip.js-unsigned-descriptor-zip64": () =>
    zipJs({ dataDescriptor: true, dataDescriptorSignature: false, zip64: true }),
  "zip.js-ms-dos": () => zipJs({ msDosCompatible: true }),
  "zip.js-plain": () => zipJs({ extendedTimestamp: false, useUnicodeFileNames: false }),
  "zip.js-buffered": () => zipJs({ bufferedWrite: true, keepOrder: false }),
  "zip.js-password": () => zipJs({ password: "secret" }),
  archiver: () => archiver({}),
  "archiver-zip64": () => archiver({ forceZip64: true }),
  "archiver-stored": () => archiver({ store: true }),
  "archiver-local-time": () => archiver({ forceLocalTime: true }),
  "archiver-prefix": () => archiver({ namePrependSlash: true }),
  yazl: () => yazl({}),
  "yazl-zip64": () => yazl({ forceZip64Format: true }),
  "yazl-dos-time": () => yazl({ forceDosTimestamp: true }),
  "yazl-stored": () => yazl({ compress: false }),
  "yazl-streams": () => yazl({ streams: true }),
  "yazl-streams-zip64": () => yazl({ streams: true, forceZip64Format: true }),
  jszip: () => jszip({}),
  "jszip-deflate": () => jszip({ compression: "DEFLATE" }),
  "jszip-unix": () => jszip({ platform: "UNIX" }),
  "jszip-stream-files": () => jszip({ streamFiles: true, compression: "DEFLATE" }),
  "adm-zip": () => admZip(false),
  "adm-zip-folder": () => admZip(true),
  fflate: () => fflate({}),
  "fflate-stored": () => fflate({ level: 0 }),
  "fflate-unix": () => fflate({ os: 3, attrs: 0o100644 << 16 }),
  "fflate-stream": fflateStream,
  "client-zip": () => clientZip(false),
  "client-zip-sized": () => clientZip(true),
  "zip-stream": () => zipStream({}),
  "zip-stream-zip64": () => zipStream({ forceZip64: true }),
  "zip-stream-slash": () => zipStream({ namePrependSlash: true }),
  compressing,
  "zip-lib": zipLib,
};

await HOWS[how]();
