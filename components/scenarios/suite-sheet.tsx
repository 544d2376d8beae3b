'use client';

import dynamic from 'next/dynamic';
import { type ReactNode, useId } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import type { Contract } from '@/lib/contract/schema';
import { issueLine } from '@/lib/issue-words';
import type { SuiteRow } from '@/lib/services/scenarios/suite-row';
import { removeSuite } from './actions';
import { ResultList } from './result-list';
import { passWords, type RanText } from './run-text';

const SuiteEditor = dynamic(() => import('./suite-editor'), {
  ssr: false,
  loading: () => <Skeleton className="h-80 rounded-md" />,
});

/** A suite that is being written: null `id` for one that is not kept yet. */
export interface Editing {
  id: string | null;
  /** The revision it was opened at. */
  revision: number;
  name: string;
  source: string;
}

type ClauseHref = ((clause: string) => string) | null;

/** A kept suite with its results. */
export function SuiteSheet({
  suite,
  ran,
  clauseHref,
  onEdit,
}: {
  suite: SuiteRow;
  /** Null when there is no contract to run against. */
  ran: RanText | null;
  clauseHref: ClauseHref;
  /** Null for those who may not write, and while another is written. */
  onEdit: (() => void) | null;
}) {
  return (
    <Sheet
      title={suite.name}
      label={
        <span>
          {ran === null ? null : <>{passWords(ran)} · </>}
          {suite.updatedBy ?? 'Countersign'}, <RelativeTime at={suite.updatedAt} />
        </span>
      }
      actions={
        onEdit === null ? undefined : (
          <>
            <Button size="small" onClick={onEdit}>
              Edit<span className="sr-only"> {suite.name}</span>
            </Button>
            <DeleteSuite suite={suite} />
          </>
        )
      }
    >
      {ran === null ? (
        <SheetBody className="text-sm text-ink-2">There is no contract to run it against yet.</SheetBody>
      ) : (
        <Ran ran={ran} clauseHref={clauseHref} />
      )}
    </Sheet>
  );
}

/** The suite that is being written, with its results as it stands. */
export function EditedSuite({
  editing,
  ran,
  contract,
  clauseHref,
  problem,
  saving,
  onChange,
  onSave,
  onCancel,
}: {
  editing: Editing;
  ran: RanText | null;
  contract: Contract | null;
  clauseHref: ClauseHref;
  /** Why it could not be kept. */
  problem: ReactNode;
  saving: boolean;
  onChange: (to: Partial<Editing>) => void;
  onSave: () => void;
  onCancel: () => void;
}) {
  const name = useId();
  return (
    <Sheet
      title={editing.id === null ? 'New suite' : 'Edit suite'}
      label={ran === null ? undefined : passWords(ran)}
    >
      <SheetBody className="grid gap-3">
        <div className="grid gap-1">
          <label htmlFor={name} className="text-sm font-medium">
            Name
          </label>
          <input
            id={name}
            value={editing.name}
            maxLength={100}
            onChange={(event) => onChange({ name: event.target.value })}
            className="w-full rounded-md border border-line-strong bg-sheet px-2.5 py-1.5 text-base text-ink"
          />
        </div>
        <SuiteEditor
          source={editing.source}
          contract={contract}
          issues={ran?.issues ?? []}
          onChange={(source) => onChange({ source })}
        />
        {problem}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onCancel}>Cancel</Button>
          <Button
            variant="primary"
            pending={saving}
            disabled={editing.name.trim() === '' || (ran !== null && ran.issues.length > 0)}
            onClick={onSave}
          >
            Save suite
          </Button>
        </div>
      </SheetBody>
      {ran === null ? null : (
        <div className="border-t border-line">
          <Ran ran={ran} clauseHref={clauseHref} />
        </div>
      )}
    </Sheet>
  );
}

function Ran({ ran, clauseHref }: { ran: RanText; clauseHref: ClauseHref }) {
  if (ran.issues.length === 0) return <ResultList results={ran.results} clauseHref={clauseHref} />;
  return (
    <SheetBody>
      <Callout tone="medium" title="It does not read as a suite yet">
        <ul className="list-disc pl-4">
          {ran.issues.slice(0, 5).map((issue) => (
            <li key={`${issue.line} ${issue.path} ${issue.message}`} className="[overflow-wrap:anywhere]">
              {issue.line === undefined ? '' : `Line ${issue.line}: `}
              {issueLine(issue)}
            </li>
          ))}
        </ul>
      </Callout>
    </SheetBody>
  );
}

function DeleteSuite({ suite }: { suite: SuiteRow }) {
  return (
    <Dialog
      trigger="Delete"
      size="small"
      title={`Delete “${suite.name}”?`}
      description="Its scenarios are gone for good. What was recorded of them as evidence stays."
    >
      {(close) => (
        <ActionForm
          action={removeSuite}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="id" value={suite.id} />
          <DialogActions onCancel={close} confirm="Delete suite" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}
