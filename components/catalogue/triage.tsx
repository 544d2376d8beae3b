'use client';

import { useEffect, useRef, useState, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Sheet } from '@/components/ui/sheet';
import { Tag, type Tone } from '@/components/ui/tag';
import { toast } from '@/components/ui/toast';
import { categoryTitle } from '@/lib/contract/categories';
import { choiceOf, type ToolChoice } from '@/lib/contract/decided-tool';
import { plural } from '@/lib/format';
import type { CatalogueTool, ToolState } from '@/lib/services/catalogue/list-catalogue';
import { decide } from './actions';
import { ChoiceFields } from './choice-fields';
import { ForgetTool } from './forget-tool';

export const STATE_WORDS: Record<ToolState, { label: string; tone: Tone }> = {
  undecided: { label: 'waits', tone: 'medium' },
  changed: { label: 'changed since', tone: 'medium' },
  decided: { label: 'classified', tone: 'low' },
  missing: { label: 'no longer listed', tone: 'plain' },
};

/**
 * The tools one under the other, one of them open. By keyboard: J and K go down and up, R, W and T say what it does, E
 * whether it carries data out, Enter classifies it and opens the next that waits.
 */
export function Triage({ tools, mayDecide }: { tools: readonly CatalogueTool[]; mayDecide: boolean }) {
  const [open, setOpen] = useState<string | null>(tools[0]?.id ?? null);
  const [choices, setChoices] = useState<Readonly<Record<string, ToolChoice>>>({});
  const [pending, start] = useTransition();
  const list = useRef<HTMLUListElement>(null);
  const moved = useRef(false);

  // Only a move of ours takes the focus along; the page's first look and others' changes do not.
  useEffect(() => {
    if (!moved.current || open === null) return;
    moved.current = false;
    document.getElementById(`tool-${open}`)?.focus();
    document.getElementById(`tool-${open}`)?.scrollIntoView({ block: 'nearest' });
  }, [open]);

  const current = tools.find((tool) => tool.id === open);
  const choice = current === undefined ? undefined : (choices[current.id] ?? standing(current));
  const change = (id: string, next: ToolChoice) => setChoices((before) => ({ ...before, [id]: next }));
  const go = (id: string | undefined) => {
    if (id === undefined) return;
    moved.current = true;
    setOpen(id);
  };
  const step = (by: 1 | -1) => go(tools[tools.findIndex((tool) => tool.id === open) + by]?.id);
  const classify = (tool: CatalogueTool, made: ToolChoice | null) => {
    if (pending) return;
    const at = tools.findIndex((each) => each.id === tool.id);
    const next = [...tools.slice(at + 1), ...tools.slice(0, at)].find(
      (each) => each.state === 'undecided' || each.state === 'changed',
    );
    start(async () => {
      const state = await decide({ id: tool.id, importedAt: tool.importedAt, choice: made });
      if (state === null || !state.ok) {
        toast.error(state?.message ?? 'That failed.');
        return;
      }
      setChoices(({ [tool.id]: _, ...rest }) => rest);
      if (made !== null) go(next?.id);
    });
  };

  function onKey(event: React.KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || !mayDecide) return;
    const target = event.target;
    if (target instanceof HTMLInputElement && target.type !== 'radio' && target.type !== 'checkbox') return;
    if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return;
    const key = event.key.toLowerCase();
    const action = ({ r: 'read', w: 'write', t: 'transact' } as const)[key];
    if (key === 'j' || key === 'k') step(key === 'j' ? 1 : -1);
    else if (current === undefined || choice === undefined) return;
    else if (action !== undefined) change(current.id, { ...choice, action });
    else if (key === 'e') change(current.id, { ...choice, egress: !choice.egress });
    // Enter on a row or a choice; on a button it presses the button.
    else if (key === 'enter' && !(target instanceof HTMLButtonElement && target.dataset.row === undefined)) {
      if (target instanceof HTMLButtonElement && target.dataset.row !== current.id) return;
      classify(current, choice);
    } else return;
    event.preventDefault();
  }

  return (
    <Sheet
      title={plural(tools.length, 'tool')}
      label={
        mayDecide ? (
          <span className="hidden md:inline">
            <Key>J</Key> <Key>K</Key> down, up · <Key>R</Key> <Key>W</Key> <Key>T</Key> read, write, transact
            · <Key>E</Key> carries data out · <Key>Enter</Key> classify
          </span>
        ) : (
          'Heads of AI, engineering leads and GRC classify tools.'
        )
      }
    >
      <ul ref={list} onKeyDown={onKey}>
        {tools.map((tool) => (
          <li key={tool.id} className="border-b border-line last:border-b-0">
            <Row
              tool={tool}
              open={tool.id === open}
              onOpen={() => setOpen(tool.id === open ? null : tool.id)}
            />
            {tool.id === open && choice !== undefined ? (
              <div className="grid gap-4 border-t border-line bg-ground px-3.5 py-3.5 md:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)]">
                <div className="grid min-w-0 content-start gap-3">
                  {mayDecide ? (
                    <ChoiceFields
                      choice={choice}
                      suggestion={tool.suggestion}
                      onChange={(next) => change(tool.id, next)}
                    />
                  ) : null}
                  <Decided tool={tool} />
                  {mayDecide ? (
                    <div className="flex flex-wrap gap-2">
                      <Button variant="primary" pending={pending} onClick={() => classify(tool, choice)}>
                        {tool.decision === null ? 'Classify' : 'Classify again'}
                      </Button>
                      {tool.decision === null ? null : (
                        <Button disabled={pending} onClick={() => classify(tool, null)}>
                          Open again
                        </Button>
                      )}
                      {tool.state === 'missing' ? <ForgetTool id={tool.id} name={tool.name} /> : null}
                    </div>
                  ) : null}
                </div>
                <Said tool={tool} />
              </div>
            ) : null}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** What stands for it now: a person's decision, else the suggestion. */
function standing(tool: CatalogueTool): ToolChoice {
  if (tool.decision === null) return choiceOf(tool.suggestion);
  const { action, egress, categories, reversible } = tool.decision;
  return {
    action,
    egress,
    categories,
    reversible: typeof reversible === 'object' ? { by: reversible.by } : reversible,
  };
}

function Row({ tool, open, onOpen }: { tool: CatalogueTool; open: boolean; onOpen: () => void }) {
  const shown = standing(tool);
  const state = STATE_WORDS[tool.state];
  return (
    <button
      type="button"
      id={`tool-${tool.id}`}
      data-row={tool.id}
      aria-expanded={open}
      onClick={onOpen}
      className="flex w-full flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3.5 py-2 text-left hover:bg-sunk focus-visible:-outline-offset-2"
    >
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="code font-medium">{tool.name}</span>{' '}
        <span className="text-sm text-ink-2">{tool.server}</span>
      </span>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
        <span>
          {shown.action}
          {shown.egress ? ', carries data out' : ''}
          {shown.categories.length === 0 ? '' : ` · ${shown.categories.map(categoryTitle).join(', ')}`}
        </span>
        {tool.suggestion.doubts.length > 0 && tool.decision === null ? (
          <Tag tone="high">contradicts itself</Tag>
        ) : null}
        <Tag tone={state.tone}>{state.label}</Tag>
      </span>
    </button>
  );
}

function Decided({ tool }: { tool: CatalogueTool }) {
  if (tool.decision === null || tool.decidedAt === null) return null;
  const by = tool.decidedBy ?? 'Somebody';
  const on = tool.decidedAt.slice(0, 10);
  return (
    <Callout tone={tool.state === 'changed' ? 'medium' : 'plain'}>
      {tool.state === 'changed'
        ? `${by} classified it on ${on}; its source has said something else since. Look at it once more.`
        : tool.state === 'missing'
          ? `${by} classified it on ${on}. Its source no longer lists it; contracts that do keep it.`
          : `${by} classified it on ${on}: contracts are offered it like this.`}
    </Callout>
  );
}

/** What the source says of it, word by word. */
function Said({ tool }: { tool: CatalogueTool }) {
  const { suggestion, hints } = tool;
  const said = Object.entries(hints).flatMap(([key, value]) =>
    typeof value === 'boolean' ? [`${key}: ${value}`] : [],
  );
  return (
    <div className="grid min-w-0 content-start gap-2 text-sm">
      <h3 className="text-sm font-medium">What its source says</h3>
      {tool.description === null ? (
        <p className="text-ink-2">It describes itself with no word.</p>
      ) : (
        <p className="max-h-40 overflow-y-auto whitespace-pre-line [overflow-wrap:anywhere]">
          {tool.description}
        </p>
      )}
      {hints.method === undefined ? null : (
        <p className="code [overflow-wrap:anywhere]">
          {hints.method} {hints.path}
        </p>
      )}
      {said.length === 0 ? null : <p className="code text-ink-2">{said.join(', ')}</p>}
      {suggestion.doubts.map((doubt) => (
        <Callout key={doubt} tone="medium" title="It contradicts itself">
          {doubt}
        </Callout>
      ))}
      <details>
        <summary className="min-h-6 w-fit rounded-sm leading-6 text-ink-2 hover:text-ink">
          Its arguments
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre tabIndex={0} className="code mt-1 max-h-64 overflow-auto rounded-md bg-sunk px-3 py-2">
          {JSON.stringify(tool.schema ?? null, null, 2)}
        </pre>
      </details>
      {suggestion.notEnforced.length === 0 ? null : (
        <p className="text-ink-2">
          A contract cannot enforce, and would leave out: {suggestion.notEnforced.join(', ')}.
        </p>
      )}
    </div>
  );
}

function Key({ children }: { children: string }) {
  return <kbd className="code rounded-sm border border-line-strong bg-sheet px-1">{children}</kbd>;
}
