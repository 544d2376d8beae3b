import Link from 'next/link';
import { z } from 'zod';
import { LaneTag } from '@/components/ui/lane-tag';
import { LANES } from '@/lib/decision/types';
import { plural } from '@/lib/format';
import { Figures } from './figures';

const scenariosSchema = z.object({
  suites: z.array(
    z.object({
      name: z.string(),
      revision: z.number(),
      scenarios: z.array(
        z.object({
          name: z.string(),
          passed: z.boolean(),
          lane: z.enum(LANES),
          differences: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
  idle: z.array(z.string()),
});

/** Each scenario with its answer, those that failed first, and the clauses none of them exercised. */
export function ScenariosBody({ detail, href }: { detail: unknown; href: (clause: string) => string }) {
  const read = scenariosSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { suites, idle } = read.data;
  return (
    <div className="border-b border-line text-sm">
      {suites.map((suite) => (
        <section key={suite.name} aria-label={suite.name}>
          <h3 className="border-b border-line px-3.5 py-2.5 font-medium">
            {suite.name} <span className="font-normal text-ink-2">revision {suite.revision}</span>
          </h3>
          <ul>
            {suite.scenarios
              .toSorted((a, b) => Number(a.passed) - Number(b.passed))
              .map(({ name, passed, lane, differences = [] }) => (
                <li
                  key={name}
                  className="grid grid-cols-[18px_minmax(0,1fr)_auto] gap-x-2 border-b border-line px-3.5 py-2"
                >
                  <span className={passed ? 'text-low' : 'text-critical'}>
                    <span aria-hidden="true">{passed ? '✓' : '✕'}</span>
                    <span className="sr-only">{passed ? 'passed' : 'failed'}: </span>
                  </span>
                  <span className="[overflow-wrap:anywhere]">
                    {name}
                    {differences.length === 0 ? null : (
                      <span className="block text-critical">{differences.join(' ')}</span>
                    )}
                  </span>
                  <LaneTag lane={lane} />
                </li>
              ))}
          </ul>
        </section>
      ))}
      {idle.length === 0 ? null : (
        <details className="px-3.5 py-2.5">
          <summary className="cursor-pointer text-ink-2">
            {plural(idle.length, 'clause')} that no scenario exercises
          </summary>
          <ul className="mt-1.5 grid gap-1">
            {idle.map((clause) => (
              <li key={clause}>
                <Link href={href(clause)} className="code prose-link [overflow-wrap:anywhere]">
                  {clause}
                </Link>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
