import { structuredPatch } from 'diff';
import { Fragment } from 'react';

/** Lines of context around each change. */
const CONTEXT = 3;
/** Beyond this many lines the text is better read in an editor; the page says so. */
const MOST_LINES = 4000;

/** The two texts line by line, as a patch: what is the same is folded away. */
export function DiffText({
  before,
  after,
  names,
}: {
  before: string;
  after: string;
  names: readonly [string, string];
}) {
  const { hunks } = structuredPatch(names[0], names[1], lines(before), lines(after), '', '', {
    context: CONTEXT,
    // An edit distance no two versions of a contract have; texts that far apart are shown whole.
    maxEditLength: 20_000,
  }) ?? { hunks: [] };
  if (hunks.length === 0) return <p className="text-ink-2">The two texts are the same, line by line.</p>;
  let shown = 0;
  return (
    <section
      aria-label={`Lines that changed from ${names[0]} to ${names[1]}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-sheet py-2 focus-visible:-outline-offset-2"
    >
      <table className="code w-full border-collapse leading-[18px]">
        <thead className="sr-only">
          <tr>
            <th scope="col">Line in {names[0]}</th>
            <th scope="col">Line in {names[1]}</th>
            <th scope="col">Change</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        {hunks.map((hunk, index) => {
          if (shown > MOST_LINES) return null;
          shown += hunk.lines.length;
          let old = hunk.oldStart;
          let now = hunk.newStart;
          return (
            <Fragment key={`${hunk.oldStart} ${hunk.newStart}`}>
              <tbody className="[contain-intrinsic-size:auto_200px] [content-visibility:auto]">
                {index === 0 ? null : (
                  <tr>
                    <td colSpan={4} className="border-y border-line bg-sunk px-3 text-ink-3">
                      …
                    </td>
                  </tr>
                )}
                {hunk.lines.map((line, at) => {
                  const sign = line.charAt(0);
                  const oldNumber = sign === '+' ? '' : String(old++);
                  const newNumber = sign === '-' ? '' : String(now++);
                  return (
                    <tr
                      // biome-ignore lint/suspicious/noArrayIndexKey: lines of a patch never change places
                      key={at}
                      className={
                        sign === '+'
                          ? 'bg-[color-mix(in_oklab,var(--narrower)_9%,var(--sheet))]'
                          : sign === '-'
                            ? 'bg-[color-mix(in_oklab,var(--wider)_9%,var(--sheet))]'
                            : ''
                      }
                    >
                      <td className="w-px px-2 text-right text-ink-2 select-none">{oldNumber}</td>
                      <td className="w-px px-2 text-right text-ink-2 select-none">{newNumber}</td>
                      <td className="w-px px-1 text-center select-none">
                        {sign === '+' ? '+' : sign === '-' ? '−' : ''}
                        {sign === ' ' ? null : (
                          <span className="sr-only">{sign === '+' ? 'added' : 'removed'}</span>
                        )}
                      </td>
                      <td className="pr-4 whitespace-pre">{line.slice(1)}</td>
                    </tr>
                  );
                })}
              </tbody>
            </Fragment>
          );
        })}
      </table>
      {shown > MOST_LINES ? (
        <p className="px-3 pt-2 text-sm text-ink-2">
          More lines changed than are read in a browser: {MOST_LINES.toLocaleString('en')} are shown.
        </p>
      ) : null}
    </section>
  );
}

function lines(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n');
  return plain.endsWith('\n') ? plain : `${plain}\n`;
}
