import { posix } from "node:path";

/** What the texts may point at: `files` as `sourceFiles` returns them. */
export function linkProblems(files) {
  const texts = files.filter(({ path }) => path.endsWith(".md"));
  const there = new Set(files.flatMap(({ path }) => [path, ...foldersAbove(path)]));
  const anchors = new Map(texts.map(({ path, text }) => [path, anchorsOf(text)]));
  return texts.flatMap((text) => [
    ...linksOf(text).flatMap((link) => linkProblem(link, { there, anchors }) ?? []),
    ...(text.path.endsWith("CHANGELOG.md") ? [] : spanProblems(text, files)), // which tells of files that were
  ]);
}

/** Finds pages of `docs` that its README does not list. */
export function unlistedPages(files) {
  const index = files.find(({ path }) => path === "docs/README.md");
  const listed = new Set(index ? linksOf(index).map(({ to }) => to) : []);
  const pages = files
    .map(({ path }) => path)
    .filter((path) => /^docs\/.*\.md$/.test(path) && path !== "docs/README.md");
  return pages.filter((path) => !listed.has(path)).map((path) => `docs/README.md does not list ${path}`);
}

/** The relative links of a text, each with the path that it leads to. */
function linksOf({ path, text }) {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [place, anchor] = target.split("#");
    const to = place === "" ? path : posix.join(posix.dirname(path), place).replace(/\/$/, "");
    return [{ from: path, target, to, anchor }];
  });
}

function linkProblem({ from, target, to, anchor }, { there, anchors }) {
  if (!there.has(to)) return `${from} links to ${target}, which does not exist`;
  const page = anchors.get(to) ?? anchors.get(`${to}/README.md`);
  if (anchor === undefined || page?.has(anchor)) return undefined;
  return `${from} links to ${target}, where no heading is called so`;
}

/** A program in backquotes is one that there is, named by its path or the end of it. */
function spanProblems({ path, text }, files) {
  const named = [...withoutBlocks(text).matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|sh))`/g)].map(([, name]) => name);
  const gone = named.filter((name) => !files.some((file) => `/${file.path}`.endsWith(`/${name}`)));
  return gone.map((name) => `${path} names ${name}, which does not exist`);
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(text) {
  const headings = withoutBlocks(text).matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, heading]) => anchorOf(heading)));
}

function anchorOf(heading) {
  const words = heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase();
  return words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
}

function withoutBlocks(text) {
  return text.replace(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, "");
}

function foldersAbove(path) {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
