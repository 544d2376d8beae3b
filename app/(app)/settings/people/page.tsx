import type { Metadata } from 'next';
import {
  AddPerson,
  DisablePerson,
  EditRoles,
  EnablePerson,
  NewLink,
  RemoveWayIn,
} from '@/components/people/person-dialogs';
import { SettingsPage } from '@/components/settings/settings-page';
import { roleTitles } from '@/components/shell/who';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { requireSession } from '@/lib/auth/session';
import { plural } from '@/lib/format';
import { listPeople, type PersonRow } from '@/lib/services/people/list-people';

export const metadata: Metadata = { title: 'People' };

export default async function PeoplePage() {
  const { actor, workspace } = await requireSession();
  const { people, mayManage } = await listPeople(actor);
  const edits = mayManage && !workspace.isDemo;
  return (
    <SettingsPage
      place="people"
      title="People"
      facts={[
        plural(people.length, 'person', 'people'),
        workspace.isDemo
          ? 'The demo keeps the people it came with; their roles can be changed.'
          : mayManage
            ? null
            : 'Heads of AI add people and give roles.',
      ]}
      {...(edits ? { actions: <AddPerson /> } : {})}
    >
      <Sheet>
        <Table label="People">
          <thead>
            <tr>
              <Th>Name</Th>
              <Th className="max-md:hidden">Roles</Th>
              <Th className="max-lg:hidden">E-mail</Th>
              <Th className="max-lg:hidden">Added</Th>
              <Th className="max-md:hidden">State</Th>
              {mayManage ? <Th>Change</Th> : null}
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <Tr key={person.id} className={person.state === 'disabled' ? 'text-ink-3' : ''}>
                <Td wrap className="min-w-40!">
                  <strong className="mr-2 font-semibold">{person.name}</strong>
                  {person.jobTitle === null ? null : <span className="text-ink-2">{person.jobTitle}</span>}
                  <span className="block text-ink-2 md:hidden">{roleTitles(person.roles)}</span>
                  <span className="block text-ink-2 [overflow-wrap:anywhere] lg:hidden">{person.email}</span>
                  {person.state === 'active' || person.state === 'demo' ? null : (
                    <span className="mt-1 block md:hidden">
                      <PersonState state={person.state} />
                    </span>
                  )}
                </Td>
                <Td wrap className="min-w-32! max-md:hidden">
                  {roleTitles(person.roles)}
                </Td>
                <Td className="max-w-64 truncate text-ink-2 max-lg:hidden" title={person.email}>
                  {person.email}
                </Td>
                <Td className="text-ink-2 max-lg:hidden">
                  <RelativeTime at={person.addedAt} />
                </Td>
                <Td className="max-md:hidden">
                  <PersonState state={person.state} />
                </Td>
                {mayManage ? (
                  <Td>
                    <span className="flex flex-wrap gap-1.5 max-md:flex-col max-md:items-start">
                      {person.state === 'disabled' ? (
                        <EnablePerson person={person} />
                      ) : (
                        <>
                          <EditRoles person={person} />
                          {edits ? <NewLink person={person} /> : null}
                          {edits && person.id !== actor.personId ? <RemoveWayIn person={person} /> : null}
                          {edits && person.id !== actor.personId ? <DisablePerson person={person} /> : null}
                        </>
                      )}
                    </span>
                  </Td>
                ) : null}
              </Tr>
            ))}
          </tbody>
        </Table>
      </Sheet>
    </SettingsPage>
  );
}

function PersonState({ state }: { state: PersonRow['state'] }) {
  if (state === 'active') return <>Active</>;
  if (state === 'demo') return <>Demo</>;
  return (
    <Tag tone={state === 'invited' ? 'medium' : 'plain'}>
      {state === 'invited' ? 'No password yet' : 'Disabled'}
    </Tag>
  );
}
