import type { Metadata } from 'next';
import { CompareRuns } from '@/components/runs/compare-runs';
import { PickRun } from '@/components/runs/pick-run';
import type { Actor } from '@/lib/auth/actor';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { compareRuns } from '@/lib/services/runs/compare-runs';
import { getRun } from '@/lib/services/runs/get-run';
import { listRuns } from '@/lib/services/runs/list-runs';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';

export const metadata: Metadata = { title: 'Compare runs' };

interface Props {
  searchParams: Promise<{ a?: string | string[]; b?: string | string[] }>;
}

const textOf = (value: string | string[] | undefined) => (typeof value === 'string' ? value.trim() : '');

export default async function Page({ searchParams }: Props) {
  const actor = await requireActor();
  const wanted = await searchParams;
  const [a, b] = [textOf(wanted.a), textOf(wanted.b)];
  if (a === '' || b === '') return pick(actor, a, b, null);
  try {
    const compared = await compareRuns(actor, a, b);
    return <CompareRuns {...compared} />;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return pick(actor, a, b, error.message);
    throw error;
  }
}

/** The form, with the latest runs of the agent whose run is chosen. */
async function pick(actor: Actor, a: string, b: string, missing: string | null) {
  const chosen =
    a === '' || missing !== null
      ? null
      : await getRun(actor, a).catch((error: unknown) => {
          if (error instanceof AppError && error.code === 'not_found') return null;
          throw error;
        });
  const { rows } =
    chosen === null
      ? { rows: [] }
      : await listRuns(
          actor,
          runFilterSchema.parse({ agent: chosen.agent.name }),
          runPageSchema.parse({ limit: 25 }),
          { count: false },
        );
  return (
    <PickRun
      a={a}
      b={b}
      others={rows.filter((run) => run.id !== chosen?.id)}
      missing={
        missing ??
        (a !== '' && chosen === null ? `There is no run "${a.slice(0, 100)}" in this workspace.` : null)
      }
    />
  );
}
