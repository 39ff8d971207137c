import { REFERENCE } from "./contenders.ts";
import { isStowage, type Summary } from "./summary.ts";

const WIDTH = 860;
const LABEL_WIDTH = 220;
const BAR_WIDTH = 460;
const ROW_HEIGHT = 22;
const TITLE_HEIGHT = 44;
const STYLE =
  "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}.ours{fill:#0969da}.peer{fill:#afb8c1}";

/** Draws wall times as bars, a panel for each dataset and operation, the fastest on top. */
export function chartOf(panels: readonly { readonly title: string; readonly summaries: readonly Summary[] }[]): string {
  let y = 8;
  const parts = panels.map(({ title, summaries }) => {
    const part = panel(title, summaries, y);
    y += TITLE_HEIGHT + summaries.length * ROW_HEIGHT;
    return part;
  });
  const size = `width="${WIDTH}" height="${y + 8}" viewBox="0 0 ${WIDTH} ${y + 8}"`;
  const background = `<rect width="100%" height="100%" fill="#ffffff"/>`;
  const content = [`<style>${STYLE}</style>`, background, ...parts].join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="Wall times">\n${content}\n</svg>\n`;
}

function panel(title: string, summaries: readonly Summary[], top: number): string {
  const sorted = [...summaries].sort((left, right) => left.wall.median - right.wall.median);
  const longest = sorted.at(-1)?.wall.median ?? 1;
  const reference = sorted.find(({ contender }) => contender === REFERENCE)?.wall.median;
  const rows = sorted.map((summary, index) => {
    return row(summary, { top: top + TITLE_HEIGHT + index * ROW_HEIGHT, longest, reference });
  });
  return [`<text class="title" x="12" y="${top + 28}">${escaped(title)}</text>`, ...rows].join("\n");
}

interface Scale {
  readonly top: number;
  readonly longest: number;
  readonly reference: number | undefined;
}

function row({ title, contender, wall }: Summary, { top, longest, reference }: Scale): string {
  const width = Math.max(1, (BAR_WIDTH * wall.median) / longest);
  const ratio = reference === undefined ? "" : ` · ${(wall.median / reference).toFixed(2)} ×`;
  const kind = isStowage(contender) ? "ours" : "peer";
  return [
    `<text x="${LABEL_WIDTH}" y="${top + 12}" text-anchor="end">${escaped(title)}</text>`,
    `<rect class="${kind}" x="${LABEL_WIDTH + 8}" y="${top}" width="${width.toFixed(1)}" height="16" rx="2"/>`,
    `<text x="${(LABEL_WIDTH + 14 + width).toFixed(1)}" y="${top + 12}">${wall.median.toFixed(2)} s${ratio}</text>`,
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
