import { form, type Writer } from "./writer.ts";

const UNFLAGGED = { names: "unflagged" } as const;
const GUESSED = { names: "guessed" } as const;
/** Bytes that make more than one part of 64 KiB are in the tree. */
const SPLIT = "multiple-disks";

const ZIP: Writer = {
  name: "Info-ZIP zip",
  there: "command -v zip",
  isInCi: true,
  forms: [
    form("zip -r", 'zip -qr "$1" .', "restored", UNFLAGGED),
    form("zip -ry, links as links", 'zip -qry "$1" .', "restored", UNFLAGGED),
    form("zip -0", 'zip -qry0 "$1" .', "restored", UNFLAGGED),
    form("zip -fz, zip64", 'zip -qry -fz "$1" .', "restored", UNFLAGGED),
    form("zip -fd, descriptors", 'zip -qry -fd "$1" .', "restored", UNFLAGGED),
    form("zip -X, no extra fields", 'zip -qryX "$1" .', "restored", UNFLAGGED),
    form("zip -D, no directories", 'zip -qryD "$1" .', "restored", UNFLAGGED),
    form("zip -l, ends of lines", 'zip -qryl "$1" .', "restored", UNFLAGGED),
    form("zip -z, with a comment", 'echo comment | zip -qryz "$1" .', "restored", UNFLAGGED),
    form("zip -@, names from a list", 'find . -type f | zip -qy "$1" -@', "restored", UNFLAGGED),
    form("zip in the locale C", 'LC_ALL=C zip -qry "$1" .', "restored", UNFLAGGED),
    form("zip -, into a pipe", 'zip -qry - . | cat > "$1"', "restored", UNFLAGGED),
    form(
      "zip -d, -u and -g afterwards",
      'zip -qry "$1" . && zip -qd "$1" empty && zip -qg "$1" empty',
      "restored",
      UNFLAGGED,
    ),
    form("content from a pipe", 'cat data.db | zip -q "$1" -'),
    form("content from a pipe, zip64", 'cat data.db | zip -q -fz "$1" -'),
    form("content from a pipe, into a pipe", 'cat data.db | zip -q - - | cat > "$1"'),
    form(
      "zip -A, behind a program",
      'zip -qry "$1" . && { echo program; cat "$1"; } > "$1.sfx.zip" && zip -qA "$1.sfx.zip" && mv "$1.sfx.zip" "$1"',
      "restored",
      UNFLAGGED,
    ),
    form(
      "behind a program, without zip -A",
      'zip -qry "$1" . && { echo program; cat "$1"; } > "$1.sfx" && mv "$1.sfx" "$1"',
      "central-directory-position",
    ),
    form("zip -s, the last of several parts", 'zip -qry0 -s 64k "$1" .', SPLIT),
    form("zip -Z bzip2", 'zip -qry -Z bzip2 "$1" .', "method"),
    form("zip -P, a password", 'zip -qry -P secret "$1" .', "encrypted"),
  ],
};

const SEVEN_ZIP: Writer = {
  name: "7-Zip",
  there: "command -v 7z",
  isInCi: true,
  forms: [
    form("7z a -tzip", '7z a -tzip "$1" .'),
    form("7z -snl, links as links", '7z a -tzip -snl "$1" .'),
    form("7z -mx0", '7z a -tzip -mx0 "$1" .'),
    form("7z -mcu, all names in UTF-8", '7z a -tzip -mcu=on "$1" .'),
    form("7z -mcl, names of the locale", '7z a -tzip -mcl=on "$1" .', "restored", UNFLAGGED),
    form("7z -mtc, times of NTFS", '7z a -tzip -mtc=on "$1" .'),
    form("7z -si, content from a pipe", 'cat data.db | 7z a -tzip -sidata.db "$1"'),
    form("7z -mm=deflate64", '7z a -tzip -mm=deflate64 "$1" .', "method"),
    form("7z -mm=lzma", '7z a -tzip -mm=lzma "$1" .', "method"),
    form("7z -p, a password", '7z a -tzip -psecret "$1" .', "encrypted"),
  ],
};

const BSDTAR: Writer = {
  name: "bsdtar (libarchive)",
  there: "command -v bsdtar",
  isInCi: true,
  forms: [
    form("bsdtar .", 'bsdtar -cf "$1" --format zip .'),
    form("bsdtar *", 'bsdtar -cf "$1" --format zip *'),
    form("bsdtar -a", 'bsdtar -acf "$1" .'),
    form("zip:compression=store", 'bsdtar -cf "$1" --format zip --options zip:compression=store .'),
    form("zip:zip64", 'bsdtar -cf "$1" --format zip --options zip:zip64 .'),
    form("zip:experimental", 'bsdtar -cf "$1" --format zip --options zip:experimental .'),
    form("into a pipe", 'bsdtar -cf - --format zip . | cat > "$1"'),
    form("into a pipe, zip64", 'bsdtar -cf - --format zip --options zip:zip64 . | cat > "$1"'),
    form(
      "zip:encryption=aes256",
      'bsdtar -cf "$1" --format zip --options zip:encryption=aes256 --passphrase secret .',
      "encrypted",
    ),
  ],
};

const COMMIT = "git -c user.name=a -c user.email=a@example.com -c init.defaultBranch=a";
const GIT_TREE = `cp -a . "$1.work" && cd "$1.work" && ${COMMIT} init -q && ${COMMIT} add -A && ${COMMIT} commit -qm all`;

const OTHERS: readonly Writer[] = [
  {
    name: "git archive",
    there: "command -v git",
    forms: [
      form("--format=zip", `${GIT_TREE} && git archive --format=zip HEAD > "$1"`),
      form("--prefix", `${GIT_TREE} && git archive --format=zip --prefix=app-1.0/ HEAD > "$1"`),
      form("-0", `${GIT_TREE} && git archive --format=zip -0 HEAD > "$1"`),
    ],
  },
  {
    name: "zipalign (Android)",
    there: "command -v zipalign && command -v zip",
    forms: [
      form("zipalign 4", 'zip -qry0 "$1.work.zip" . && zipalign 4 "$1.work.zip" "$1"', "restored", UNFLAGGED),
      form("zipalign -p", 'zip -qry0 "$1.work.zip" . && zipalign -p 4 "$1.work.zip" "$1"', "restored", UNFLAGGED),
    ],
  },
  {
    name: "minizip (zlib)",
    there: "command -v minizip",
    forms: [
      form(
        "minizip",
        'find . -type f | sed "s,^./,," | tr "\\n" "\\0" | xargs -0 minizip -o "$1"',
        "restored",
        GUESSED,
      ),
    ],
  },
  {
    name: "advzip (AdvanceCOMP)",
    there: "command -v advzip && command -v zip",
    forms: [form("advzip -z", 'zip -qry "$1" . && advzip -z -3 "$1"', "restored", UNFLAGGED)],
  },
];

/** Programs of a command line. */
export const COMMAND_WRITERS: readonly Writer[] = [ZIP, SEVEN_ZIP, BSDTAR, ...OTHERS];
