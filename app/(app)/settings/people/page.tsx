import type { Metadata } from 'next';
import {
  AddPerson,
  DisablePerson,
  EditRoles,
  EnablePerson,
  NewLink,
} from '@/components/people/person-dialogs';
import { SettingsPage } from '@/components/settings/settings-page';
import { roleTitles } from '@/components/shell/who';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { requireSession } from '@/lib/auth/session';
import { plural } from '@/lib/format';
import { listPeople } from '@/lib/services/people/list-people';

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
              <Th>Roles</Th>
              <Th>E-mail</Th>
              <Th>Added</Th>
              <Th>State</Th>
              {mayManage ? <Th>Change</Th> : null}
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <Tr key={person.id} className={person.state === 'disabled' ? 'text-ink-3' : ''}>
                <Td>
                  <strong className="font-semibold">{person.name}</strong>
                  {person.jobTitle === null ? null : (
                    <span className="ml-2 text-ink-2">{person.jobTitle}</span>
                  )}
                </Td>
                <Td>{roleTitles(person.roles)}</Td>
                <Td className="text-ink-2">{person.email}</Td>
                <Td className="text-ink-2">
                  <RelativeTime at={person.addedAt} />
                </Td>
                <Td>
                  {person.state === 'active' ? (
                    'Active'
                  ) : person.state === 'demo' ? (
                    'Demo'
                  ) : (
                    <Tag tone={person.state === 'invited' ? 'medium' : 'plain'}>
                      {person.state === 'invited' ? 'No password yet' : 'Disabled'}
                    </Tag>
                  )}
                </Td>
                {mayManage ? (
                  <Td>
                    <span className="flex gap-1.5">
                      {person.state === 'disabled' ? (
                        <EnablePerson person={person} />
                      ) : (
                        <>
                          <EditRoles person={person} />
                          {edits ? <NewLink person={person} /> : null}
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
