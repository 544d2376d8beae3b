/** The line on which a clause begins, by keys and indentation; of one that is not there, its section's. 1-based. */
export function lineOfClause(source: string, clause: string): number | undefined {
  const lines = source.split('\n');
  const parts = clause.split('/');
  let found: number | undefined;
  let from = 0;
  for (const part of parts) {
    const at = lines.findIndex(
      (line, index) =>
        index >= from &&
        (new RegExp(`^\\s*(-\\s*(\\{\\s*)?id:\\s*)?["']?${escaped(part)}["']?(\\s*:|\\s*$|\\s*,|\\s*#)`).test(
          line,
        ) ||
          line.includes(`id: ${part}`)),
    );
    if (at === -1) break;
    found = at + 1;
    from = at;
  }
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
