import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ContractDocument } from '@/components/contracts/contract-document';
import { ImportForm } from '@/components/contracts/import-form';
import { NewFromContract, type StartableContract } from '@/components/contracts/new-from-contract';
import { NewFromTemplate } from '@/components/contracts/new-from-template';
import { ObservedAgents, ObservedProposals } from '@/components/contracts/new-observed';
import type { Nameable } from '@/components/contracts/new-people';
import { TemplateList } from '@/components/contracts/new-template-list';
import { NotYours } from '@/components/settings/not-yours';
import { PageHeader } from '@/components/ui/page-header';
import { Tabs } from '@/components/ui/tabs';
import type { Actor } from '@/lib/auth/actor';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { templateOf } from '@/lib/contract/templates/all';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { AppError } from '@/lib/errors';
import { getContract } from '@/lib/services/contracts/get-contract';
import { listContracts } from '@/lib/services/contracts/list-contracts';
import { listObservedAgents } from '@/lib/services/observed/list-observed-agents';
import { proposeContract } from '@/lib/services/observed/propose-contract';
import { listPeople } from '@/lib/services/people/list-people';
import { businessUnits, freeAgentName } from '@/lib/services/templates/new-contract';

export const metadata: Metadata = { title: 'Write a contract' };

const WAYS = [
  { id: 'template', label: 'A template', href: '/contracts/new' },
  { id: 'contract', label: 'Another contract', href: '/contracts/new?from=contract' },
  { id: 'text', label: 'YAML or JSON', href: '/contracts/new?from=text' },
  { id: 'observed', label: 'What an agent did', href: '/contracts/new?from=observed' },
] as const;

type Query = Record<string, string | string[] | undefined>;

/** Where a contract starts: `?template=`, `?from=contract&contract=&version=`, `?from=text`, `?from=observed&agent=`. */
export default async function NewContractPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const actor = await requireActor();
  const template = typeof query.template === 'string' ? templateOf(query.template) : undefined;
  if (query.template !== undefined && template === undefined) notFound();
  const way = WAYS.find((each) => each.id === query.from) ?? WAYS[0];
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Contracts', href: '/contracts' },
          ...(template === undefined
            ? [{ label: 'Write a contract' }]
            : [{ label: 'Write a contract', href: '/contracts/new' }, { label: template.title }]),
        ]}
        title={template === undefined ? 'Write a contract' : template.title}
        facts={[
          template === undefined
            ? 'Start from something: a draft is yours to change, and decides nothing until it is in force.'
            : template.does,
        ]}
      />
      {!can(actor, 'draft.write', { workspaceId: actor.workspaceId }) ? (
        <NotYours action="draft.write" what="Writing contracts is" />
      ) : (
        <>
          <Tabs label="Start from" tabs={WAYS} current={way.id} />
          {way.id === 'contract' ? (
            <FromContract actor={actor} query={query} />
          ) : way.id === 'text' ? (
            <ImportForm purpose="draft" from={null} mayPutInForce={false} whoMay="" />
          ) : way.id === 'observed' ? (
            <FromObserved actor={actor} query={query} />
          ) : template === undefined ? (
            <TemplateList />
          ) : (
            <NewFromTemplate
              template={template}
              agent={await freeAgentName(actor, template.agent)}
              people={await nameable(actor)}
              units={await businessUnits(actor)}
              today={new Date().toISOString().slice(0, 10)}
            />
          )}
        </>
      )}
    </>
  );
}

async function FromObserved({ actor, query }: { actor: Actor; query: Query }) {
  if (typeof query.agent !== 'string') return <ObservedAgents agents={await listObservedAgents(actor)} />;
  const asOf = new Date();
  const [proposed, people, units] = await Promise.all([
    orNotFound(proposeContract(actor, query.agent, asOf)),
    nameable(actor),
    businessUnits(actor),
  ]);
  return <ObservedProposals proposed={proposed} asOf={asOf.toISOString()} people={people} units={units} />;
}

async function nameable(actor: Actor): Promise<Nameable[]> {
  const { people } = await listPeople(actor);
  return people
    .filter((person) => person.state !== 'disabled')
    .map(({ id, email, name, jobTitle, roles }) => ({
      email,
      name,
      jobTitle,
      roles,
      you: actor.kind === 'person' && actor.personId === id,
    }));
}

async function FromContract({ actor, query }: { actor: Actor; query: Query }) {
  const [list, units] = await Promise.all([listContracts(actor), businessUnits(actor)]);
  const name = typeof query.contract === 'string' ? query.contract : null;
  const number = Number(query.version) > 0 ? Number(query.version) : undefined;
  const detail = name === null ? null : await orNotFound(getContract(actor, name, number));
  const contracts: StartableContract[] = [
    ...list.rows.map(({ agent, latest }) => ({
      name: agent.name,
      displayName: agent.displayName,
      versions: [latest],
    })),
    ...(list.defaults === null
      ? []
      : [{ name: DEFAULTS_AGENT, displayName: 'Workspace defaults', versions: [list.defaults] }]),
  ];
  const chosen =
    detail === null || detail.inherited
      ? null
      : { name: detail.agent?.name ?? DEFAULTS_AGENT, version: detail.version.number };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-7">
      <NewFromContract
        contracts={contracts.map((each) =>
          each.name === chosen?.name && detail !== null ? { ...each, versions: detail.versions } : each,
        )}
        chosen={chosen}
        units={units}
      />
      {detail === null || chosen === null ? null : (
        <ContractDocument contract={detail.contract} people={detail.people} broken={[]} />
      )}
    </div>
  );
}

function orNotFound<T>(asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
}
