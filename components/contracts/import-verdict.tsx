import { Callout } from '@/components/ui/callout';
import { Digest } from '@/components/ui/digest';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { sentenceOf } from '@/lib/contract/diff-words';
import type { LintFinding } from '@/lib/contract/lint';
import type { Issue } from '@/lib/errors';
import { formatList, plural } from '@/lib/format';
import type { CheckedContract } from '@/lib/services/contracts/check-contract';
import { DefaultsImpactView } from './defaults-impact';
import { countDirections, DirectionCounts, DirectionMark } from './diff-direction';
import { LintFindings } from './lint-findings';
import { lintTitle } from './lint-title';
import { Sentence } from './sentence';

export type Verdict = CheckedContract | { ok: null; message: string } | null;

/** What the text is worth so far: its faults, each leading to its line, or what importing it would do. */
export function ImportVerdict({
  purpose,
  verdict,
  checking,
  onLine,
  onMend,
}: {
  purpose: 'import' | 'draft';
  verdict: Verdict;
  checking: boolean;
  onLine: (line: number) => void;
  /** Does what a lint finding offers in the text. */
  onMend?: (finding: LintFinding) => void;
}) {
  const title =
    verdict === null
      ? checking
        ? 'Reading'
        : 'Nothing to read yet'
      : verdict.ok === null
        ? 'Not read'
        : verdict.ok
          ? 'This is a contract'
          : plural(verdict.issues.length, 'fault');
  return (
    <Sheet title={title} label={checking ? 'reading…' : undefined}>
      <span role="status" className="sr-only">
        {checking ? '' : title}
      </span>
      {verdict === null ? (
        <SheetBody className="text-ink-2">
          Paste a contract as YAML or JSON, or drop a file. It is read as you write; nothing is stored until
          you {purpose === 'draft' ? 'make a draft of it' : 'import it'}.
        </SheetBody>
      ) : verdict.ok === null ? (
        <SheetBody>{verdict.message}</SheetBody>
      ) : verdict.ok ? (
        <>
          <Good verdict={verdict} purpose={purpose} />
          <Against verdict={verdict} />
          <section aria-label="Lint" className="border-t border-line">
            <h3 className="px-3.5 pt-3 font-medium">{lintTitle(verdict.findings)}</h3>
            <LintFindings findings={verdict.findings} {...(onMend === undefined ? {} : { onMend })} />
          </section>
        </>
      ) : (
        <ol className="max-h-[max(320px,calc(100dvh-330px))] overflow-y-auto">
          {verdict.issues.map((issue) => (
            <li
              key={`${issue.line} ${issue.column} ${issue.path} ${issue.message}`}
              className="border-b border-line last:border-b-0"
            >
              <IssueRow issue={issue} onLine={onLine} />
            </li>
          ))}
        </ol>
      )}
    </Sheet>
  );
}

function IssueRow({ issue, onLine }: { issue: Issue; onLine: (line: number) => void }) {
  const { line } = issue;
  const body = (
    <>
      <span className="code text-critical">
        {line === undefined ? '' : `Line ${line}${issue.column === undefined ? '' : `:${issue.column}`}`}
      </span>
      <span className="min-w-0 text-left [overflow-wrap:anywhere]">
        {issue.message}
        {issue.expected === undefined ? null : (
          <span className="block text-ink-2">Expected: {issue.expected}.</span>
        )}
        {issue.path === '' ? null : <span className="code block text-ink-3">{issue.path}</span>}
      </span>
    </>
  );
  const look = 'grid w-full grid-cols-[88px_minmax(0,1fr)] gap-2 px-3.5 py-2 text-sm';
  return line === undefined ? (
    <div className={look}>{body}</div>
  ) : (
    <button
      type="button"
      onClick={() => onLine(line)}
      className={`${look} hover:bg-sunk focus-visible:-outline-offset-2`}
    >
      {body}
    </button>
  );
}

function Good({
  verdict,
  purpose,
}: {
  verdict: Extract<CheckedContract, { ok: true }>;
  purpose: 'import' | 'draft';
}) {
  const { existing, nextNumber, agentIs, displayName, agent, strangers } = verdict;
  const becomes =
    existing !== null
      ? `It is version no. ${existing} of ${displayName} already: importing it adds nothing.`
      : {
          new: `It registers the agent ${displayName} (${agent}), which nothing was heard of yet, with its first version.`,
          discovered: `It registers ${agent}, which telemetry has brought already, as ${displayName}, with its first version.`,
          registered: `It becomes version no. ${nextNumber} of ${displayName}.`,
          defaults: `It becomes version no. ${nextNumber} of the workspace defaults, and is in force at once for every agent without a contract of its own.`,
        }[agentIs];
  return (
    <SheetBody className="grid gap-3">
      <p className="[overflow-wrap:anywhere]">
        {purpose === 'draft' ? `It is a whole contract of ${displayName} (${agent}).` : becomes}
      </p>
      <p className="flex flex-wrap items-center gap-x-3 text-sm text-ink-2">
        v{verdict.label} <Digest value={verdict.digest} />
      </p>
      <div>
        <h3 className="font-medium">In short</h3>
        <p className="text-ink-2 [overflow-wrap:anywhere]">
          {verdict.summary.map((sentence, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sentences never change places
            <span key={index}>
              <Sentence parts={sentence} people={verdict.people} />{' '}
            </span>
          ))}
        </p>
      </div>
      {verdict.impact === null ? null : <DefaultsImpactView impact={verdict.impact} />}
      {strangers.length === 0 ? null : (
        <Callout tone="medium" title="It names people this workspace does not know">
          {formatList(strangers.slice(0, 8))}
          {strangers.length > 8 ? ` and ${strangers.length - 8} more` : ''}. It can be imported all the same;
          until they are added under Settings, People, pages to them reach nobody here.
        </Callout>
      )}
    </SheetBody>
  );
}

/** Changes shown before the rest is folded away. */
const FIRST = 8;

/** What it would change of the version in force, before it is kept. */
function Against({ verdict }: { verdict: Extract<CheckedContract, { ok: true }> }) {
  const { against } = verdict;
  if (against === null) return null;
  const { changes, routed, label } = against;
  const ordered = [...routed.because, ...changes.filter((change) => change.route !== routed.route)];
  const rows = (list: typeof ordered) => (
    <ul className="grid gap-2">
      {list.map((change) => (
        <li key={`${change.clause} ${sentenceOf(change)}`} className="grid gap-0.5">
          <DirectionMark direction={change.direction} mixed={change.mixed} />
          <span className="[overflow-wrap:anywhere]">{sentenceOf(change)}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <SheetBody className="grid gap-2.5 border-t border-line text-sm">
      <h3 className="text-base font-medium">Against v{label}, which is in force</h3>
      {routed.route === null ? (
        <p className="text-ink-2">No clause changes.</p>
      ) : (
        <>
          <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            {plural(changes.length, 'change')} <DirectionCounts counts={countDirections(changes)} />
          </p>
          <p>
            Route <strong className="font-semibold">{ROUTE_WORDS[routed.route].title}</strong>:{' '}
            {ROUTE_WORDS[routed.route].means}.
          </p>
          {rows(ordered.slice(0, FIRST))}
          {ordered.length > FIRST ? (
            <details>
              <summary className="w-fit rounded-sm text-ink-2 hover:text-ink">
                {ordered.length - FIRST} more
              </summary>
              <div className="pt-2">{rows(ordered.slice(FIRST))}</div>
            </details>
          ) : null}
        </>
      )}
    </SheetBody>
  );
}
