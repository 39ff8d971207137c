/** Lays rows out as a Markdown table whose columns line up: the first to the left, figures to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(3, ...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${widths.map((width, column) => cell(row, column, width)).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`));
  return [line(header), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}

function cell(row: readonly string[], column: number, width: number): string {
  const text = row[column] ?? "";
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
