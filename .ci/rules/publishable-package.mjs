/** Says what becomes of a manifest when its package is packed: what only this repository needs goes, and versions take their places. */
export function publishedManifest(manifest, { versions, repository }) {
  const { devDependencies: _, imports: _bundled, ...rest } = manifest;
  const published = { ...rest, ...repository, exports: withoutSources(manifest.exports) };
  for (const kind of ["dependencies", "peerDependencies"]) {
    if (published[kind] !== undefined) published[kind] = withVersions(published[kind], versions);
  }
  return published;
}

/** The condition `@stowage/source` is of this repository alone: a user's bundler is to read what was built. */
function withoutSources(doors) {
  const { "@stowage/source": _, ...rest } = doors;
  const parts = Object.entries(rest).map(([name, target]) => {
    return [name, typeof target === "object" ? withoutSources(target) : target];
  });
  return Object.fromEntries(parts);
}

function withVersions(dependencies, versions) {
  const entries = Object.entries(dependencies).map(([name, range]) => {
    if (!range.startsWith("workspace:")) return [name, range];
    const how = range.slice("workspace:".length).replace("*", "");
    return [name, how + versions[name]];
  });
  return Object.fromEntries(entries);
}

/**
 * Leaves a text of a package without the links that lead out of it, which lead nowhere on npm as long as no repository is named, and
 * without saying that it is not there.
 */
export function publishedText(text) {
  const there = text.replace(/^Not on npm yet: .*\n\n/m, "");
  return there.replace(/\[([^\]]*)\]\((?![a-z]+:|#)([^)\s]+)\)/g, (_, words) => words);
}

/** Whether a built file describes the types of one of the sources: other descriptions are of sources that are gone. */
export function isTypesOf(path, sources) {
  return sources.has(path.replace(/\.d\.ts(\.map)?$/, ".ts"));
}
