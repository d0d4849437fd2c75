import { type FeatureSection, sections } from './features.ts';
import { formatTable } from './generated.ts';

/** Renders the short table: how many features of each group work. */
export function renderSummary(): string {
  const rows = sections.map((section) => [section.title, `${count(section)}`, `${section.total}`]);
  const done = sections.reduce((sum, section) => sum + count(section), 0);
  const total = sections.reduce((sum, section) => sum + section.total, 0);
  return formatTable(['Area', 'Works', 'Of'], [...rows, ['**All**', `**${done}**`, `**${total}**`]]);
}

/** Renders the page that lists what works, feature by feature. */
export function renderCompatibility(): string {
  const intro = `# Compatibility with Kong 3.9

This page is written by \`node scripts/docs.ts\` from \`scripts/docs/features.ts\`. It counts the features of Kong, from 2.1 to
3.9, that a user can notice, and lists those that Gibbon has; what is not listed does not work yet. Where releases of Kong
differ, Gibbon follows 3.9.
`;
  const parts = sections.map((section) => {
    const head = `## ${section.title}\n\n${count(section)} of ${section.total}.\n`;
    if (count(section) === 0) return head;
    const rows = Object.entries(section.done).map(([number, words]) => [`${section.prefix}-${number}`, words]);
    return `${head}\n${formatTable(['Id', 'What works'], rows)}\n`;
  });
  return [intro, renderSummary(), '', ...parts].join('\n');
}

/** Mistakes in the data: numbers that a group does not have. */
export function featureErrors(): string[] {
  return sections.flatMap(({ prefix, total, done }) =>
    Object.keys(done)
      .filter((number) => !/^\d{3}$/.test(number) || Number(number) < 1 || Number(number) > total)
      .map((number) => `scripts/docs/features.ts: there is no ${prefix}-${number}`),
  );
}

function count(section: FeatureSection): number {
  return Object.keys(section.done).length;
}
