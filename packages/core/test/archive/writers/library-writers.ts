import { type Form, form, type Outcome, type Writer } from "./writer.ts";

const GUESSED = { names: "guessed" } as const;
const UNFLAGGED = { names: "unflagged" } as const;
/** Whether unzip takes names of DOS, flag or not, for a code page. */
const DOS = { names: "dos" } as const;

const PYTHON = 'PYTHONPATH="$LIBRARIES/python" python3';

type Row = readonly [how: string, title: string, outcome?: Outcome, traits?: Parameters<typeof form>[3]];

/** The forms of one of the programs beside this file. */
function formsOf(program: string, rows: readonly Row[]): Form[] {
  return rows.map(([how, title, outcome, traits]) =>
    form(title, `${program.replace("HOW", how)} . "$1"`, outcome, traits),
  );
}

const python = (name: string, module: string, rows: readonly Row[]): Writer => ({
  name,
  there: `${PYTHON} -c "import ${module}"`,
  isInCi: module === "zipfile",
  forms: formsOf(`${PYTHON} "$PROGRAMS/write.py" HOW`, rows),
});

const npm = (name: string, rows: readonly Row[]): Writer => ({
  name: `${name} (npm)`,
  there: `test -d "$LIBRARIES/npm/node_modules/${name}"`,
  forms: formsOf('node "$PROGRAMS/write.mjs" HOW', rows).map((each) => ({
    ...each,
    script: `${each.script} "$LIBRARIES/npm"`,
  })),
});

const PYTHONS: readonly Writer[] = [
  python("Python zipfile", "zipfile", [
    ["zipfile", "deflated"],
    ["zipfile-stored", "stored"],
    ["zipfile-zip64", "force_zip64"],
    ["zipfile-pipe", "into a pipe"],
    ["zipfile-pipe-zip64", "into a pipe, force_zip64"],
    ["zipfile-append", "entry after entry, by mode a"],
    ["zipfile-bzip2", "bzip2", "method"],
    ["zipfile-lzma", "LZMA", "method"],
  ]),
  python("zipstream-ng (PyPI)", "zipstream.ng", [["zipstream-ng", "a folder, as a stream"]]),
  python("stream-zip (PyPI)", "stream_zip", [
    ["stream-zip-32", "ZIP_32"],
    ["stream-zip-64", "ZIP_64"],
    ["stream-zip-stored-32", "NO_COMPRESSION_32"],
    ["stream-zip-stored-64", "NO_COMPRESSION_64"],
  ]),
  python("zipfly (PyPI)", "zipfly", [["zipfly", "a generator"]]),
  python("libarchive-c (PyPI)", "libarchive", [
    ["libarchive", "deflated"],
    ["libarchive-zip64", "zip64"],
    ["libarchive-stored", "stored"],
  ]),
];

const NPMS: readonly Writer[] = [
  npm("@zip.js/zip.js", [
    ["zip.js", "as it comes"],
    ["zip.js-zip64", "zip64"],
    ["zip.js-stored", "level 0"],
    ["zip.js-no-descriptor", "without descriptors"],
    ["zip.js-no-descriptor-zip64", "without descriptors, zip64"],
    ["zip.js-unsigned-descriptor", "descriptors without a signature"],
    ["zip.js-unsigned-descriptor-zip64", "descriptors without a signature, zip64"],
    ["zip.js-ms-dos", "msDosCompatible"],
    ["zip.js-plain", "neither extendedTimestamp nor useUnicodeFileNames", "restored", UNFLAGGED],
    ["zip.js-password", "a password", "encrypted"],
  ]),
  npm("archiver", [
    ["archiver", "a folder"],
    ["archiver-zip64", "forceZip64"],
    ["archiver-stored", "store"],
    ["archiver-local-time", "forceLocalTime"],
    ["archiver-prefix", "namePrependSlash", "lenient"],
  ]),
  npm("yazl", [
    ["yazl", "files"],
    ["yazl-zip64", "forceZip64Format"],
    ["yazl-dos-time", "forceDosTimestamp"],
    ["yazl-stored", "without compression"],
    ["yazl-streams", "streams of unknown size"],
    ["yazl-streams-zip64", "streams, forceZip64Format"],
  ]),
  npm("jszip", [
    ["jszip", "stored"],
    ["jszip-deflate", "DEFLATE"],
    ["jszip-unix", "platform UNIX"],
    ["jszip-stream-files", "streamFiles"],
  ]),
  npm("adm-zip", [
    ["adm-zip", "addFile"],
    ["adm-zip-folder", "addLocalFolder"],
  ]),
  npm("fflate", [
    ["fflate", "zipSync", "restored", DOS],
    ["fflate-stored", "level 0", "restored", DOS],
    ["fflate-unix", "os 3"],
    ["fflate-stream", "a stream", "restored", DOS],
  ]),
  npm("client-zip", [
    ["client-zip", "streams"],
    ["client-zip-sized", "buffers"],
  ]),
  npm("zip-stream", [
    ["zip-stream", "entries"],
    ["zip-stream-zip64", "forceZip64"],
    ["zip-stream-slash", "namePrependSlash", "lenient"],
  ]),
  npm("compressing", [["compressing", "compressDir"]]),
  npm("zip-lib", [["zip-lib", "archiveFolder"]]),
];

const JAVA_LIBRARIES = 'java -cp "$LIBRARIES/java/*" "$PROGRAMS/write-with-library.java"';
const javaLibrary = (name: string, jar: string, rows: readonly Row[]): Writer => ({
  name,
  there: `command -v javac && ls "$LIBRARIES/java/" | grep -q "^${jar}-"`,
  forms: formsOf(`${JAVA_LIBRARIES} HOW`, rows),
});

const JAVAS: readonly Writer[] = [
  {
    name: "Java",
    there: "command -v javac && command -v jar",
    forms: [
      ...formsOf('java "$PROGRAMS/write-zip.java" HOW', [
        ["stream", "ZipOutputStream", "restored", DOS],
        ["stored", "ZipOutputStream, stored"],
        ["zipfs", "zipfs", "restored", GUESSED],
        ["zipfs-posix", "zipfs, enablePosixFileAttributes", "restored", GUESSED],
        ["zipfs-zip64", "zipfs, forceZIP64End", "restored", GUESSED],
        ["zipfs-stored", "zipfs, STORED", "restored", GUESSED],
      ]),
      form("jar", 'jar --create --file "$1" .', "restored", DOS),
      form("jar -0M", 'jar --create -0 --no-manifest --file "$1" .', "restored", DOS),
    ],
  },
  javaLibrary("commons-compress (Maven)", "commons-compress", [
    ["commons-file:Always", "a file, Zip64Mode.Always"],
    ["commons-file:AlwaysWithCompatibility", "a file, AlwaysWithCompatibility"],
    ["commons-file:AsNeeded", "a file, AsNeeded"],
    ["commons-file:Never", "a file, Never"],
    ["commons-file:unicode-always", "a file, IBM437 with the field 0x7075"],
    ["commons-stream:Always", "a stream, Always"],
    ["commons-stream:AlwaysWithCompatibility", "a stream, AlwaysWithCompatibility"],
    ["commons-stream:AsNeeded", "a stream, AsNeeded"],
    ["commons-stream:Never", "a stream, Never"],
  ]),
  javaLibrary("zip4j (Maven)", "zip4j", [
    ["zip4j-folder:link", "addFolder, links as links"],
    ["zip4j-folder:plain", "addFolder, which follows a link to a file of the folder", "duplicate-name"],
    ["zip4j-stream", "ZipOutputStream"],
  ]),
  javaLibrary("zt-zip (Maven)", "zt-zip", [["zt-zip", "pack"]]),
];

const SCRIPTED: readonly Writer[] = [
  {
    name: "Go archive/zip",
    there: "command -v go",
    forms: formsOf('go run "$PROGRAMS/write-zip.go" HOW', [
      ["header", "CreateHeader, of FileInfo"],
      ["create", "Create", "restored", DOS],
      ["stored", "stored"],
      ["root", "with an entry for the folder itself"],
    ]),
  },
  {
    name: "PHP ZipArchive",
    there: "php -m | grep -qx zip",
    forms: formsOf('php "$PROGRAMS/write.php" HOW', [
      ["file", "addFile"],
      ["string", "addFromString"],
      ["stored", "CM_STORE"],
      ["slash", 'names that start with "/"', "lenient"],
      ["password", "EM_AES_256", "encrypted"],
    ]),
  },
  {
    name: "Perl Archive::Zip",
    there: "perl -MArchive::Zip -e 1",
    forms: formsOf('perl "$PROGRAMS/write.pl" HOW', [
      ["file", "writeToFileNamed", "restored", UNFLAGGED],
      ["pipe", "into a pipe", "restored", UNFLAGGED],
      ["zip64-headers", "ZIP64_HEADERS", "restored", UNFLAGGED],
      ["zip64-end", "ZIP64_EOCD", "restored", UNFLAGGED],
    ]),
  },
  {
    name: "rubyzip",
    there: "ruby -e 'require \"zip\"'",
    forms: formsOf('ruby "$PROGRAMS/write.rb" HOW', [
      ["file", "Zip::File", "restored", UNFLAGGED],
      ["unicode", "Zip::File, unicode_names"],
      ["stream", "OutputStream", "restored", UNFLAGGED],
      ["buffer", "write_buffer", "restored", UNFLAGGED],
    ]),
  },
];

/** Libraries, by the programs in this folder that call them. */
export const LIBRARY_WRITERS: readonly Writer[] = [...PYTHONS, ...NPMS, ...JAVAS, ...SCRIPTED];
