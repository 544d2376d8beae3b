'use client';

import { useState, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { toast } from '@/components/ui/toast';
import { plural } from '@/lib/format';
import { rebaseAction } from './actions';

type Side = 'mine' | 'theirs';
interface Clash {
  clause: string;
  base: string | null;
  mine: string | null;
  theirs: string | null;
}

/** Brings an amendment up to the version in force; where both changed the same clause, a person says which holds. */
export function BringUp({ number, onto, signed }: { number: number; onto: string; signed: boolean }) {
  const [pending, begin] = useTransition();
  const [clashes, setClashes] = useState<Clash[]>([]);
  const [keep, setKeep] = useState<Record<string, Side>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const chosen = clashes.every((clash) => keep[clash.clause] !== undefined);
  const run = () =>
    begin(async () => {
      const done = await rebaseAction(number, keep);
      if (!done.ok) setProblem(done.message);
      else if (done.value.status === 'clash') {
        setProblem(null);
        setClashes(done.value.conflicts);
      } else {
        setProblem(null);
        setClashes([]);
        setKeep({});
        toast(`AMD-${number} changes v${done.value.onto} now.`);
      }
    });
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" pending={pending} disabled={clashes.length > 0 && !chosen} onClick={run}>
          {clashes.length === 0 ? `Bring up to v${onto}` : 'Bring up with what I chose'}
        </Button>
        {signed && clashes.length === 0 ? (
          <span className="text-sm text-ink-2">What was signed for it so far will count no more.</span>
        ) : null}
      </div>
      {problem === null ? null : (
        <Callout tone="critical" alert title={problem}>
          Nothing was changed.
        </Callout>
      )}
      {clashes.length === 0 ? null : (
        <section aria-label="Clauses that clash" className="grid gap-3">
          <p role="alert" className="font-medium text-medium">
            {plural(clashes.length, 'clause')} {clashes.length === 1 ? 'was' : 'were'} changed by both.
            Nothing was brought up: say which holds, or change the draft.
          </p>
          {clashes.map((clash) => (
            <fieldset key={clash.clause} className="grid min-w-0 gap-2 rounded-md border border-line p-3">
              <legend className="code px-1 text-sm [overflow-wrap:anywhere]">
                {clash.clause === '' ? 'the whole text' : clash.clause}
              </legend>
              <div className="grid grid-cols-[minmax(0,1fr)] gap-3 md:grid-cols-2">
                <Choice
                  clash={clash}
                  side="mine"
                  title={`AMD-${number} says`}
                  chosen={keep[clash.clause] === 'mine'}
                  onChoose={() => setKeep({ ...keep, [clash.clause]: 'mine' })}
                />
                <Choice
                  clash={clash}
                  side="theirs"
                  title={`v${onto} says`}
                  chosen={keep[clash.clause] === 'theirs'}
                  onChoose={() => setKeep({ ...keep, [clash.clause]: 'theirs' })}
                />
              </div>
              <details className="text-sm text-ink-2">
                <summary className="min-h-6 w-fit rounded-sm hover:text-ink">
                  What it said before both
                </summary>
                <Value text={clash.base} />
              </details>
            </fieldset>
          ))}
        </section>
      )}
    </div>
  );
}

function Choice({
  clash,
  side,
  title,
  chosen,
  onChoose,
}: {
  clash: Clash;
  side: Side;
  title: string;
  chosen: boolean;
  onChoose: () => void;
}) {
  return (
    <label className="grid min-w-0 content-start gap-1.5 text-sm">
      <span className="flex min-h-6 items-center gap-2 font-medium">
        <input
          type="radio"
          name={`keep ${clash.clause}`}
          checked={chosen}
          onChange={onChoose}
          className="size-4 accent-(--accent)"
        />
        {title}
      </span>
      <Value text={clash[side]} />
    </label>
  );
}

function Value({ text }: { text: string | null }) {
  return text === null ? (
    <span className="text-ink-2">not there</span>
  ) : (
    <span className="code max-h-60 overflow-auto rounded-md bg-sunk px-2.5 py-1.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
      {text}
    </span>
  );
}
