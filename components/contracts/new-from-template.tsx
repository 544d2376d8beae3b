import { ActionForm } from '@/components/ui/action-form';
import { ButtonLink } from '@/components/ui/button';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { parseContract } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { fillTemplate } from '@/lib/contract/templates/fill';
import { TEMPLATE_PEOPLE, type Template } from '@/lib/contract/templates/template';
import { ContractDocument } from './contract-document';
import { fromTemplate } from './new-actions';
import { AgentFields } from './new-agent-fields';
import { type Nameable, PeopleFields } from './new-people';

/** What a template asks, and what it says, as the document it becomes. */
export function NewFromTemplate({
  template,
  agent,
  people,
  units,
  today,
}: {
  template: Template;
  /** The name it would send; free to be taken. */
  agent: string;
  people: readonly Nameable[];
  units: readonly string[];
  /** YYYY-MM-DD */
  today: string;
}) {
  const preview = previewOf(template, today);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-7">
      <Sheet title="Make it yours">
        <SheetBody>
          <ActionForm action={fromTemplate} className="grid gap-5">
            <input type="hidden" name="template" value={template.id} />
            <AgentFields name={template.title} agent={agent} units={units} />
            <PeopleFields people={people} />
            <div className="flex flex-wrap items-center justify-between gap-3">
              <p className="max-w-[68ch] text-sm text-ink-2">
                A draft decides nothing. Tools, limits and rules are examples: set them in the draft.
              </p>
              <div className="flex gap-2">
                <ButtonLink href="/contracts/new">Other templates</ButtonLink>
                <SubmitButton>Make a draft</SubmitButton>
              </div>
            </div>
          </ActionForm>
        </SheetBody>
      </Sheet>
      {preview === null ? null : <ContractDocument contract={preview} people={WHO} broken={[]} />}
    </div>
  );
}

const UNIT = '[business unit]';
const placeholder = (role: string) => `${role.toLowerCase()}@to-be-named.invalid`;
/** In the preview people are their seats. */
const WHO: Record<string, string> = Object.fromEntries(
  Object.entries({
    owner: '[owner]',
    delegatedBy: '[delegated by]',
    sponsor: '[sponsor]',
    engineeringLead: '[engineering lead]',
    qa: '[QA]',
    grc: '[GRC]',
    operator: '[operator]',
    sre: '[SRE]',
  }).map(([role, title]) => [placeholder(role), title]),
);

function previewOf(template: Template, today: string): Contract | null {
  const people = Object.fromEntries(TEMPLATE_PEOPLE.map((role) => [role, placeholder(role)]));
  const source = fillTemplate(template, {
    name: template.title,
    agent: template.agent,
    businessUnit: UNIT,
    today,
    people,
  });
  const parsed = parseContract(source, 'yaml');
  return parsed.ok ? parsed.contract : null;
}
