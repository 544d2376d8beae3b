'use client';

import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { BEHAVIOUR_WORDS, BEHAVIOURS, type Behaviour } from '@/lib/contract/scenario-behaviours';
import { missingBehaviours, type ScenarioCoverage } from '@/lib/contract/scenario-coverage';
import { formatCount, plural } from '@/lib/format';

/** The six behaviours, how many scenarios show each, and a way to add those of the contract at hand. */
export function BehavioursSheet({
  coverage,
  obstacles,
  contractPage,
  onAdd,
}: {
  coverage: ScenarioCoverage;
  /** Of behaviours that nothing can be made for from this contract: why. */
  obstacles: ReadonlyMap<Behaviour, string>;
  /** Where its next version is begun. */
  contractPage: string;
  /** Null for those who may not write. */
  onAdd: ((behaviours: readonly Behaviour[]) => void) | null;
}) {
  const missing = missingBehaviours(coverage);
  return (
    <Sheet
      title="Six behaviours"
      label={`${BEHAVIOURS.length - missing.length} of ${BEHAVIOURS.length} shown`}
    >
      <ul className="text-sm">
        {BEHAVIOURS.map((behaviour) => {
          const count = coverage.behaviours[behaviour];
          const { title, shows } = BEHAVIOUR_WORDS[behaviour];
          const obstacle = obstacles.get(behaviour);
          return (
            <li
              key={behaviour}
              className="flex items-start gap-3 border-b border-line px-3.5 py-2.5 last:border-b-0"
            >
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-baseline gap-x-2">
                  <span className="font-medium">{title}</span>
                  <span className={count === 0 ? 'text-high' : 'text-ink-2'}>
                    {count === 0 ? 'shown by none' : plural(count, 'scenario')}
                  </span>
                </p>
                <p className="text-ink-2">{shows}</p>
                {obstacle === undefined ? null : (
                  <p className="mt-1 [overflow-wrap:anywhere]">
                    Cannot be made from this contract: {obstacle}{' '}
                    <Link href={contractPage} className="prose-link">
                      Write the next version
                    </Link>
                  </p>
                )}
              </div>
              {onAdd === null || obstacle !== undefined ? null : (
                <Button
                  size="small"
                  aria-label={`Add scenarios: ${title.toLowerCase()}`}
                  onClick={() => onAdd([behaviour])}
                >
                  Add
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Sheet>
  );
}

/** Which clauses that decide calls no scenario exercises. */
export function ClausesSheet({
  coverage,
  clauseHref,
}: {
  coverage: ScenarioCoverage;
  clauseHref: ((clause: string) => string) | null;
}) {
  const { clauses, idle } = coverage;
  return (
    <Sheet
      title="Clauses exercised"
      label={`${formatCount(clauses.length - idle.length)} of ${formatCount(clauses.length)}`}
    >
      {idle.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          Every clause that decides a call has a say in at least one scenario.
        </SheetBody>
      ) : (
        <SheetBody className="grid gap-1.5 text-sm">
          <p className="text-ink-2">No scenario exercises:</p>
          <ul className="grid">
            {idle.map((clause) => (
              <li key={clause}>
                {clauseHref === null ? (
                  <span className="code [overflow-wrap:anywhere]">{clause}</span>
                ) : (
                  <Link
                    href={clauseHref(clause)}
                    className="prose-link code inline-block py-[3px] [overflow-wrap:anywhere]"
                  >
                    {clause}
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </SheetBody>
      )}
    </Sheet>
  );
}
