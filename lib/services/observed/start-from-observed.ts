import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { applyEdits } from '@/lib/contract/edit-source';
import { printContract } from '@/lib/contract/print';
import { fillTemplate } from '@/lib/contract/templates/fill';
import { OBSERVED_TEMPLATE } from '@/lib/contract/templates/observed';
import { AppError } from '@/lib/errors';
import { createDraft } from '@/lib/services/drafts/create-draft';
import { peopleIn, templateAnswersSchema } from '@/lib/services/templates/start-from-template';
import { type ProposedContract, proposeContract } from './propose-contract';

export const observedStartSchema = z.object({
  /** The agent whose runs they are, by the name it goes by. */
  observed: z.string().min(1).max(200),
  /** When the proposals were shown, ISO. */
  asOf: z.iso.datetime(),
  /** Marks of the proposals that a person ticked. */
  taken: z.array(z.string().max(600)).max(2000),
});
const answersSchema = templateAnswersSchema.omit({ template: true });

/**
 * A draft with the proposals that were ticked, and no others: on the text of the agent's contract where it has one, else
 * on one that allows nothing yet, with the answers in `form`. Throws `conflict` when runs that came in meanwhile changed
 * a proposal that was ticked.
 */
export async function startFromObserved(
  actor: Actor,
  input: z.output<typeof observedStartSchema>,
  form: Readonly<Record<string, unknown>>,
  today: string,
): Promise<{ id: string }> {
  const proposed = await proposeContract(actor, input.observed, new Date(input.asOf));
  const { agent, base } = proposed;
  const source = base === null ? begun(proposed, form, today) : textOf(base);
  return createDraft(actor, {
    subject: 'agent',
    agentId: agent.id,
    source: applyEdits(source, taken(proposed, input.taken)),
    origin: 'observed',
    ...(base === null ? {} : { baseVersionId: base.version.id }),
  });
}

function taken({ proposals }: ProposedContract, marks: readonly string[]) {
  const ticked = new Set(marks);
  const chosen = proposals.filter((each) => ticked.has(each.mark));
  const changed = marks.filter((mark) => !proposals.some((each) => each.mark === mark));
  if (changed.length > 0)
    throw new AppError(
      'conflict',
      'Runs that came in meanwhile changed what you ticked. Nothing was made; look at the proposals again.',
      {
        issues: changed.map((mark) => ({
          path: mark.split(' ', 1)[0] ?? '',
          message: 'It reads differently now.',
        })),
      },
    );
  if (chosen.length === 0)
    throw new AppError('invalid', 'Tick at least one proposal, or start from a template.', {
      issues: [{ path: 'taken', message: 'Nothing is ticked.' }],
    });
  const ids = new Set(chosen.map((each) => each.id));
  // What belongs to a tool that was not taken goes with it.
  return chosen.filter((each) => each.needs === null || ids.has(each.needs)).flatMap((each) => each.edits);
}

function textOf(base: NonNullable<ProposedContract['base']>): string {
  return base.sourceFormat === 'yaml' ? base.source : printContract(base.contract);
}

function begun({ agent }: ProposedContract, form: Readonly<Record<string, unknown>>, today: string): string {
  const parsed = answersSchema.safeParse(form);
  if (!parsed.success)
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: parsed.error.issues.map((issue) => ({ path: issue.path.join(''), message: issue.message })),
    });
  const source = fillTemplate(OBSERVED_TEMPLATE, { ...parsed.data, today, people: peopleIn(parsed.data) });
  // Under another name than it sends, its runs would be somebody else's.
  return parsed.data.agent === agent.name
    ? source
    : applyEdits(source, [{ op: 'set', path: ['identity', 'aliases'], value: [agent.name] }]);
}
