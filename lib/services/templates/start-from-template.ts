import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { templateOf } from '@/lib/contract/templates/all';
import { fillTemplate } from '@/lib/contract/templates/fill';
import {
  TEMPLATE_PEOPLE,
  type TemplateAnswers,
  type TemplatePerson,
} from '@/lib/contract/templates/template';
import { AppError } from '@/lib/errors';
import { createDraft } from '@/lib/services/drafts/create-draft';
import { agentForNewContract, newContractSchema } from './new-contract';

const person = z.union([z.literal('').transform(() => undefined), z.email('Choose a person.')]).optional();

/** The form's fields: who is left open is an empty text. */
export const templateAnswersSchema = newContractSchema.extend({
  template: z.string(),
  owner: person,
  delegatedBy: person,
  sponsor: person,
  engineeringLead: person,
  qa: person,
  grc: person,
  operator: person,
  sre: person,
});

/**
 * A draft of the template with the answers in their places. People may be left open: the draft names what is missing.
 * `today` is the day of the delegation, YYYY-MM-DD. Throws `not_found` for an unknown template.
 */
export async function startFromTemplate(
  actor: Actor,
  input: z.output<typeof templateAnswersSchema>,
  today: string,
): Promise<{ id: string }> {
  const template = templateOf(input.template);
  if (template === undefined) throw new AppError('not_found', 'There is no such template.');
  const agentId = await agentForNewContract(actor, input.agent);
  return createDraft(actor, {
    subject: 'agent',
    agentId,
    source: fillTemplate(template, { ...input, today, people: peopleIn(input) }),
    origin: `template:${template.id}`,
  });
}

/** The people of the form, without those left open. */
export function peopleIn(
  input: Partial<Record<TemplatePerson, string | undefined>>,
): TemplateAnswers['people'] {
  return Object.fromEntries(
    TEMPLATE_PEOPLE.flatMap((role) => {
      const email = input[role];
      return email === undefined ? [] : [[role, email]];
    }),
  );
}
