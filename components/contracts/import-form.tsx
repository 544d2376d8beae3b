'use client';

import { useEffect, useId, useRef, useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { FileButton } from '@/components/ui/file-button';
import { SubmitButton } from '@/components/ui/submit-button';
import type { FormAction } from '@/lib/auth/action-state';
import { applyEdits } from '@/lib/contract/edit-source';
import type { LintFinding } from '@/lib/contract/lint';
import { bring, check } from './actions';
import { ContractText, goToLine } from './contract-text';
import { ImportVerdict, type Verdict } from './import-verdict';
import { fromText } from './new-actions';

type Format = 'yaml' | 'json';

/** What the server reads at most (lib/contract/parse.ts MAX_SOURCE), refused here before it is sent. */
const MAX_SOURCE = 1_000_000;
/** Survives a reload and a sign-in in this tab; gone once imported. */
const DRAFT = 'countersign.contract-draft';

/**
 * Paste, drop or choose a contract; it is read while one writes. One deliberate act imports it as a version, or makes a
 * draft of it, which may have faults yet.
 */
export function ImportForm({
  purpose = 'import',
  mayPutInForce,
  whoMay,
  from,
}: {
  purpose?: 'import' | 'draft';
  mayPutInForce: boolean;
  /** The roles that put in force, in words. */
  whoMay: string;
  /** A version to start from. */
  from: { source: string; format: Format } | null;
}) {
  const [text, setText] = useState(from?.source ?? '');
  /** Undefined: by the look of the text. */
  const [chosen, setChosen] = useState<Format | undefined>(from?.format);
  const [verdict, setVerdict] = useState<Verdict>(null);
  const [checking, setChecking] = useState(false);
  const [refused, setRefused] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const asked = useRef(0);
  const verdictId = useId();
  const format = chosen ?? (text.trimStart().startsWith('{') ? 'json' : 'yaml');

  useEffect(() => {
    // What was pasted before this script ran stands in the field and nowhere else.
    const early = area.current?.value ?? '';
    setText((typed) => early || typed || (sessionStorage.getItem(DRAFT) ?? ''));
  }, []);

  useEffect(() => {
    asked.current += 1;
    const mine = asked.current;
    if (text.trim() === '') {
      setVerdict(null);
      setChecking(false);
      return;
    }
    if (text.length > MAX_SOURCE) {
      setChecking(false);
      setVerdict({
        ok: false,
        issues: [
          {
            path: '',
            message: `This text has ${text.length.toLocaleString('en')} characters, more than any contract needs.`,
            expected: `at most ${MAX_SOURCE.toLocaleString('en')}`,
          },
        ],
      });
      return;
    }
    setChecking(true);
    const timer = setTimeout(async () => {
      keepDraft(text);
      const answer = await check(text, format).catch(() => ({
        ok: null,
        message: 'The server did not answer. It is read again when you go on writing.',
      }));
      if (mine !== asked.current) return;
      setVerdict(answer);
      setChecking(false);
    }, 350);
    return () => clearTimeout(timer);
  }, [text, format]);

  async function readFile(file: File) {
    setRefused(undefined);
    if (file.size > 4 * MAX_SOURCE) {
      setRefused(`${file.name} is larger than any contract.`);
      return;
    }
    try {
      const content = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
      setText(content);
      setChosen(/\.json$/i.test(file.name) ? 'json' : /\.ya?ml$/i.test(file.name) ? 'yaml' : undefined);
      area.current?.focus();
    } catch {
      setRefused(`${file.name} is not a text file in UTF-8.`);
    }
  }

  function mend(finding: LintFinding) {
    try {
      setText(applyEdits(text, finding.mend?.edits ?? []));
    } catch {
      setRefused('The text changed meanwhile: what was offered no longer fits.');
    }
  }

  const marks =
    verdict !== null && verdict.ok === false
      ? verdict.issues.flatMap(({ line, message }) => (line === undefined ? [] : [{ line, message }]))
      : [];
  const isDefaults = verdict?.ok === true && verdict.agentIs === 'defaults';
  const drafts = purpose === 'draft';
  const ready = drafts
    ? text.trim() !== ''
    : verdict?.ok === true && !checking && (mayPutInForce || !isDefaults);

  return (
    <ActionForm action={drafts ? draftAndForget : importAndForget} className="grid gap-4">
      <input type="hidden" name="format" value={format} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]">
        <ContractText
          text={text}
          onText={setText}
          onFile={readFile}
          marks={marks}
          area={area}
          describedBy={verdictId}
          actions={
            <>
              <label className="flex items-center gap-1.5 text-sm text-ink-2">
                Read as
                <select
                  value={format}
                  onChange={(event) => setChosen(event.currentTarget.value === 'json' ? 'json' : 'yaml')}
                  className="min-h-7 rounded-md border border-line-strong bg-sheet px-1.5 text-sm text-ink"
                >
                  <option value="yaml">YAML</option>
                  <option value="json">JSON</option>
                </select>
              </label>
              <FileButton
                accept=".yaml,.yml,.json,application/yaml,application/json,text/plain"
                label="Contract file"
                onFile={readFile}
              />
            </>
          }
        />
        <div id={verdictId} className="grid min-w-0 content-start gap-4">
          {refused === undefined ? null : (
            <Callout tone="critical" alert title="That did not work">
              {refused}
            </Callout>
          )}
          <ImportVerdict
            purpose={purpose}
            verdict={verdict}
            checking={checking}
            onLine={(line) => goToLine(area.current, line)}
            {...(format === 'yaml' ? { onMend: mend } : {})}
          />
        </div>
      </div>
      {isDefaults && !mayPutInForce && !drafts ? (
        <Callout tone="medium" title="Workspace defaults are in force as soon as they are imported">
          That is for {whoMay}.
        </Callout>
      ) : null}
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        {drafts ? (
          <p className="max-w-[68ch] text-sm text-ink-2">
            A draft decides nothing. It may have faults yet: they are shown where they stand.
          </p>
        ) : mayPutInForce ? (
          <label className="flex items-start gap-2">
            <input
              type="checkbox"
              name="putInForce"
              disabled={isDefaults}
              checked={isDefaults ? true : undefined}
              className="mt-0.5 size-4 accent-(--accent)"
            />
            <span>
              Put it in force at once
              <span className="block text-sm text-ink-2">
                It then decides for new runs. Runs that have begun keep their version.
              </span>
            </span>
          </label>
        ) : (
          <p className="max-w-[68ch] text-sm text-ink-2">
            It is kept as a version and decides nothing yet: putting it in force is for {whoMay}.
          </p>
        )}
        <div className="flex gap-2">
          <ButtonLink href="/contracts">Cancel</ButtonLink>
          <SubmitButton disabled={!ready}>{drafts ? 'Make a draft' : 'Import contract'}</SubmitButton>
        </div>
      </div>
    </ActionForm>
  );
}

const importAndForget = forgetting(bring);
const draftAndForget = forgetting(fromText);

/** A success answers by leading elsewhere, so what follows the action is reached by failures only. */
function forgetting(action: FormAction): FormAction {
  return async (before, form) => {
    const draft = sessionStorage.getItem(DRAFT);
    sessionStorage.removeItem(DRAFT);
    const state = await action(before, form);
    if (state !== null && !state.ok && draft !== null) keepDraft(draft);
    return state;
  };
}

function keepDraft(text: string): void {
  try {
    sessionStorage.setItem(DRAFT, text);
  } catch {
    // No room or not allowed: the text is still on the page.
  }
}
