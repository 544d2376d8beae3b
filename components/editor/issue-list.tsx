'use client';

import { ClausePath } from '@/components/contracts/clause-path';
import { LintFindings } from '@/components/contracts/lint-findings';
import { lintTitle } from '@/components/contracts/lint-title';
import { Sheet } from '@/components/ui/sheet';
import type { LintFinding } from '@/lib/contract/lint';
import type { Issue } from '@/lib/errors';
import { plural } from '@/lib/format';
import { useDraft, useEdit, useEditor, useMayWrite } from './editor-context';

const MOST = 60;

/** What is wrong, what is still to be written, and what lint finds in what is written: each a way to its field. */
export function IssueList({ lines }: { lines: boolean }) {
  const { go } = useEditor();
  const issues = useDraft((view) => view.reading.issues);
  const findings = useDraft((view) => view.reading.findings);
  const errors = issues.filter((issue) => issue.missing !== true);
  const missing = issues.filter((issue) => issue.missing === true);
  if (issues.length === 0) return <Findings findings={findings} />;
  return (
    <Sheet
      title={errors.length > 0 ? plural(errors.length, 'error') : `${missing.length} to do`}
      label={errors.length > 0 && missing.length > 0 ? `and ${missing.length} to do` : undefined}
    >
      <ul className="max-h-[60dvh] divide-y divide-line overflow-y-auto text-sm">
        {[...errors, ...missing].slice(0, MOST).map((issue, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: issues have no name of their own
          <li key={index}>
            <button
              type="button"
              onClick={() => go(issue.path)}
              className="grid w-full gap-0.5 px-3.5 py-2 text-left hover:bg-sunk focus-visible:-outline-offset-2"
            >
              <IssueWords issue={issue} line={lines} />
            </button>
          </li>
        ))}
        {issues.length > MOST ? (
          <li className="px-3.5 py-2 text-ink-2">and {issues.length - MOST} more</li>
        ) : null}
      </ul>
    </Sheet>
  );
}

function IssueWords({ issue, line }: { issue: Issue; line: boolean }) {
  return (
    <>
      <span className="flex items-baseline justify-between gap-2">
        <span className="code min-w-0 [overflow-wrap:anywhere]">
          {issue.path === '' ? 'The text' : <ClausePath path={issue.path} />}
        </span>
        {!line || issue.line === undefined ? null : (
          <span className="flex-none text-xs text-ink-3">line {issue.line}</span>
        )}
      </span>
      <span className={issue.missing === true ? 'text-medium' : 'text-critical'}>
        {issue.missing === true ? 'Still to be written.' : issue.message}
      </span>
    </>
  );
}

/** A contract that is complete, and what lint finds in it. */
function Findings({ findings }: { findings: readonly LintFinding[] }) {
  const { go } = useEditor();
  const edit = useEdit();
  const mayWrite = useMayWrite();
  return (
    <Sheet title="Complete" label={lintTitle(findings)}>
      <div className="max-h-[70dvh] overflow-y-auto">
        <LintFindings
          findings={findings}
          onGo={go}
          {...(mayWrite ? { onMend: (finding: LintFinding) => edit(finding.mend?.edits ?? []) } : {})}
        />
      </div>
    </Sheet>
  );
}
